{{ latest_reports('role_models', records()['role_models']) }}
