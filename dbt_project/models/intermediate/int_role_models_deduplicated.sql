{{ latest_reports(records()['role_models']) }}
