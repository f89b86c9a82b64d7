{{ latest_reports(records()['reviews']) }}
