"""Which samples draw the states of each plain route, and which routes draw nothing."""

from __future__ import annotations

from portal_app import routes

LETTER = "expired waits closed withdrawn ended"
SIGN_IN_CODE = "sign_in_code sign_in_totp sign_in_sms sign_in_recovery sign_in_choose sign_in_passkey"
SET_UP = "set_up_app set_up_app_first set_up_number set_up_number_code set_up_mailbox set_up_passkey"
INVITED = "invite_expired invite_asked invite_accepted invite_cancelled invite_readdressed invite_ended"
OTHER_DEVICE = "other_device code code_bad code_wrong code_spent"
SAMPLES_OF = {
    routes.ACCOUNT: "account account_full account_wrong account_without_client",
    routes.SHARE: "share share_none",
    routes.OFFLINE: "offline",
    routes.STAFF_LOGIN: "staff_sign_in staff_sign_in_wrong staff_password staff_password_or_issuer",
    routes.STAFF_LOGOUT: "sign_out",
    routes.LOGIN: "sign_in sign_in_wrong sign_in_ended",
    routes.LOGOUT: "sign_out",
    routes.STAFF_CODE: "staff_code",
    routes.CODE: SIGN_IN_CODE,
    routes.STAFF_PASSKEY: "sign_in_passkey_alone",
    routes.PASSKEY: "sign_in_passkey_alone",
    routes.CLASSIC: "classic classic_wrong classic_locked classic_expired",
    routes.CLASSIC_PIN: "classic_sent",
    routes.STAFF_CONFIRM: "confirm_staff",
    routes.CONFIRM: "confirm confirm_code",
    routes.CONTACT_ERASE: "erase erased",
    routes.CONTINUE_FROM: "continue_from continue_from_code",
    routes.CONTINUE: "continue continue_bare continue_wrong continue_bad",
    routes.CONTINUE_SCANNED: "continue_scanned",
    routes.DOCUMENT: "document document_own",
    routes.DOWNLOAD: "file_damaged file_checked",
    routes.STAFF_MFA: "factors factors_last",
    routes.STAFF_MFA + "/codes": "recovery_codes",
    routes.STAFF_MFA + "/{kind}": SET_UP,
    routes.MFA: "factors factors_last",
    routes.MFA + "/codes": "recovery_codes",
    routes.MFA + "/{kind}": SET_UP,
    routes.STAFF_SET_UP + "/{kind}": SET_UP,
    routes.SET_UP + "/{kind}": SET_UP,
    routes.HAND_OVER: "hand_over hand_over_wrong",
    routes.HANDED_OVER: "handed handed_ended handed_waits",
    routes.HANDED_ACCESS: OTHER_DEVICE,
    routes.HANDED_CODE: OTHER_DEVICE,
    routes.HELP: "help help_own",
    routes.HISTORY: "history history_none",
    routes.INVITE: f"invite invite_weak invite_account invite_several invite_signed_in invite_other {INVITED}",
    routes.STAFF_ISSUER_BACK: "staff_going staff_sign_in_wrong",
    routes.SETTINGS_ISSUER: "staff_issuer",
    routes.STAFF_JOIN: "staff_join staff_join_issuer staff_ended",
    routes.MAGIC_LINK: f"claim claim_plain {OTHER_DEVICE} {LETTER}",
    routes.LINK_ACCESS: OTHER_DEVICE,
    routes.LINK_CODE: OTHER_DEVICE,
    routes.MFA_RESET: "mfa_reset",
    routes.MY_LINKS: "links check_mail_links",
    routes.STAFF_ADDRESS: "own_address_staff",
    routes.STAFF_ADDRESS_LINK: "new_address_no_password address_gone",
    routes.STAFF_PASSWORD: "own_password",
    routes.ACCOUNT_ADDRESS: "own_address own_address_sent",
    routes.ADDRESS_LINK: "new_address new_address_password address_gone",
    routes.ACCOUNT_PASSWORD: "own_password",
    routes.REGISTER: "register check_mail",
    routes.REGISTERING: "registering",
    routes.REMINDERS_OFF: "reminders_on reminders_off",
    routes.STAFF_FORGOT: "staff_forgot",
    routes.STAFF_RESET: "new_password",
    routes.FORGOT: "forgot check_mail",
    routes.RESET: "new_password",
    routes.SETUP: "setup setup_wrong",
    routes.STAFF_ACCOUNT: "staff_account",
}
"""The samples that draw each plain route's states, which test_plain_pages looks at."""
ANYWHERE = frozenset(
    [
        "not_found",
        "not_found_bare",
        "error",
        "try_later",
        "away",
        "storage_away",
        "refused",
        "refused_comment",
        "refused_late",
    ]
)
"""Pages that any address may answer with."""
SILENT = frozenset(
    {
        *(
            routes.SERVICE_WORKER,
            routes.OFFLINE_SCRIPT,
            routes.APP_MANIFEST,
            routes.APP_ICON,
            routes.PUSH_KEY,
        ),
        *(
            routes.BRAND,
            routes.PREVIEW,
            routes.HEALTHZ,
            routes.READYZ,
            routes.IMPORT_TEMPLATE,
            routes.IMPORT_FAULTS,
        ),
        *(
            routes.CONTACT_DATA,
            routes.ACTIVITY_EXPORT,
            routes.AUDIT_EXPORT,
            routes.METRICS,
            routes.FILE_RECEIPT,
            routes.PORTAL_EXPORT,
            routes.BRAND_PREVIEW,
        ),
        *(
            routes.TASK_ZIP,
            routes.REQUEST_ZIP,
            routes.WORK_ZIP,
            routes.CLIENT_ZIP,
            routes.FOLDER_ZIP,
            routes.DOCUMENTS_ZIP,
        ),
        *(routes.MAILBOX, routes.MAILBOX_JSON, routes.MAILBOX + "/{mail_id:int}", routes.DEV_CLOCK),
        *(routes.START, routes.APP_START, routes.LANGUAGE, routes.INVITE_AGAIN, routes.INVITE_LEAVE),
        *(routes.MFA + "/remove", routes.STAFF_MFA + "/remove"),
        *(
            path + "/{kind}/start"
            for path in (routes.MFA, routes.STAFF_MFA, routes.SET_UP, routes.STAFF_SET_UP)
        ),
        *(
            routes.SEEN_AS + rest
            for rest in ("/requests/{id}", "/documents/{id}", "/files/{id}/download", "/{rest:path}")
        ),
    }
)
"""Files, data, ways on to another page, the demo's mailbox, and what stands under another page's address."""
