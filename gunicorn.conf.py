"""What gunicorn reads from the folder it is started in: what it believes of a request, and how it logs one."""

# gunicorn takes the path and the scheme from headers of whoever is on this machine, and of every Unix socket. A client
# whose headers a proxy passes on could choose where we redirect to. gunicorn believes none of them here. One place
# reads the headers of proxies, of as many proxies as PROXY_COUNT says (cycle_tracker/web_app.py).
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
forwarded_allow_ips = ""
header_map = "drop"
proxy_protocol = "off"
proxy_allow_ips = ""

# Tokens in addresses never stand in a log of requests.
logger_class = "cycle_tracker.web.access_log.AccessLog"
