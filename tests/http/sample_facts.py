"""What samples of several files show: the firm, and a QR code."""

import segno

from portal_app.domain.letterhead import Letterhead

FIRM = Letterhead(
    firm_name="Tremblay Ouellet CPA",
    support_email="bonjour@tremblay-ouellet.example",
    support_phone="418 555-0142",
    address="210, rue Saint-Joseph Est\nQuébec (Québec) G1K 3A9",
    sign_in_url="/f/tremblay/login",
    help_url="/f/tremblay/help",
)
QR = segno.make(f"https://portail.example/continue/{'a' * 43}", error="m").svg_data_uri(
    scale=4, border=4, light="#fff"
)
