{{ daily_flows(ref('fct_events'), 'started_on', event_indicators(), 'is_organiser') }}
