"""What gunicorn reads from the folder it is started in: what it believes of a request, and how it logs one."""

# gunicorn takes the path and the scheme from headers of whoever is on this machine, and of every Unix socket. A client
# whose headers a proxy passes on could so choose where we redirect to. It believes nobody here: what proxies say is
# read in one place, of as many as PROXY_COUNT says (cycle_tracker/web_app.py).
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
forwarded_allow_ips = ""
header_map = "drop"
proxy_protocol = "off"
proxy_allow_ips = ""

# Tokens in addresses never stand in a log of requests.
logger_class = "cycle_tracker.web.access_log.AccessLog"
