MAILS = {}
