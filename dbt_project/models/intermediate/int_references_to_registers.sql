{#- A participant's row of an event counts nowhere: what it refers to is not asked. -#}
with events as (
    select *
    from {{ ref('fct_events') }}
    where is_organiser
),

needs as (
    select * from {{ ref('fct_needs') }}
),

{#- A change that leaves the team as it was refers to none, and 无 is no team. #}
registrations as (
    select
        counted.office_key,
        counted.volunteer_no,
        counted.period,
        counted.changed_on,
        stated.team_no,
        counted.submission_id,
        counted.source_sheet,
        counted.source_row
    from {{ ref('fct_registrations') }} as counted
    inner join {{ ref('stg_submissions__registrations') }} as stated
        on
            counted.submission_id = stated.submission_id
            and counted.source_sheet = stated.source_sheet
            and counted.source_row = stated.source_row
    where stated.team_no <> '无'
),

told as (
    {%- for dataset, number, day, register in [
        ('events', 'event_no', 'started_on', 'team'),
        ('events', 'event_no', 'started_on', 'site'),
        ('events', 'event_no', 'started_on', 'project'),
        ('needs', 'need_no', 'raised_on', 'team'),
        ('registrations', 'volunteer_no', 'changed_on', 'team'),
    ] %}
    select
        '{{ dataset }}' as dataset,
        {{ dataset }}.office_key,
        {{ dataset }}.period,
        {{ dataset }}.{{ number }} as record_no,
        '{{ register }}' as register,
        {{ dataset }}.{{ register }}_no as entry_no,
        {{ dataset }}.{{ day }} as day,
        {{ dataset }}.submission_id,
        {{ dataset }}.source_sheet,
        {{ dataset }}.source_row
    from {{ dataset }}
    where {{ dataset }}.{{ register }}_no is not null
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select
    told.*,
    submissions.office_key as reporter_key
from told
inner join {{ source('ledger', 'submissions') }} as submissions on told.submission_id = submissions.submission_id
