{{ daily_flows(ref('fct_role_models'), 'selected_on', indicators_of_records()['role_models']['selected_on']) }}
