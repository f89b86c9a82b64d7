"""
Is a service healthy? `python healthy.py HOST PORT [PART]`; exit status 0 says yes.

With PART (metadatabase, scheduler, triggerer, dag_processor) Airflow's API server at HOST:PORT is asked how that part
is. Without, any answer will do. Only the standard library: starting Airflow for each check takes 5 s of a core.
"""

import http.client
import json
import sys

SECONDS = 5


def trouble(host: str, port: int, part: str | None) -> str | None:
    """What is wrong; None when nothing is."""
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    try:
        connection.request("GET", "/api/v2/monitor/health" if part else "/")
        answer = connection.getresponse()
        body = answer.read()
        if not part:
            return None
        status = json.loads(body)[part]["status"]
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
        return f"{host}:{port} does not say how {part or 'it'} is: {error!r}"
    finally:
        connection.close()
    return None if status == "healthy" else f"{part} is {status}"


if __name__ == "__main__":
    said = trouble(sys.argv[1], int(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)
    sys.exit(said)
