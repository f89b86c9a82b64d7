-- depends_on: {{ ref('int_offices_telling') }}
{%- set attributes = ['sex', 'birth_year', 'political_status', 'team_no', 'is_backbone', 'guardian_consent'] %}
with entries as (
    select
        entries.*,
        case when entries.reporter_key <> entries.office_key then entries.reporter_key end as heir_key
    from {{ ref('int_registrations_deduplicated') }} as entries
    {%- if not is_whole() %}
    where exists (
        select 1
        from {{ ref('int_registrations_deduplicated') }} as said
        inner join {{ ref('int_offices_telling') }} as tellers on said.office_key = tellers.office_key
        where
            {{ in_changed_slices('registrations', 'said') | indent(12) }}
            and tellers.teller_key = entries.reporter_key
            and said.volunteer_no = entries.volunteer_no
            and said.office_key = entries.office_key
    )
    {%- endif %}
),

begun as (
    select
        *,
        count(*) filter (where change = 'new') over registrations as times_begun
    from entries
    window registrations as (partition by office_key, volunteer_no order by changed_on)
),

{#-
    What was stated of each attribute since the registration began, in order. A registration is one person's: the one
    its latest row with an ID number names, also where other rows lack it.
#}
known as (
    select
        *,
        {%- for attribute in attributes %}
        array_agg({{ attribute }}) filter (
            where {{ attribute }} is not null
        ) over since_begun as {{ attribute }}_stated,
        {%- endfor %}
        array_agg(heir_key) filter (where heir_key is not null) over (
            partition by office_key, volunteer_no order by changed_on
        ) as heirs_telling,
        first_value(person_key) over (
            partition by office_key, volunteer_no
            order by coalesce(has_id_number, false) desc, changed_on desc
        ) as identified_key
    from begun
    window since_begun as (partition by office_key, volunteer_no, times_begun order by changed_on)
),

{#- An empty cell of a change leaves what was known; 无 ends a team. #}
stated as (
    select
        *,
        {%- for attribute in attributes %}
        case
            when change = 'changed' then {{ attribute }}_stated[cardinality({{ attribute }}_stated)]
            else {{ attribute }}
        end as {{ attribute }}_known,
        {%- endfor %}
        heirs_telling[cardinality(heirs_telling)] as told_by_key
    from known
)

select
    -- ids
    office_key,
    volunteer_no,
    identified_key as person_key,
    told_by_key,

    -- when
    changed_on,
    period,

    -- what
    change,
    has_id_number,
    sex_known as sex,
    birth_year_known as birth_year,
    political_status_known as political_status,
    nullif(team_no_known, '无') as team_no,
    coalesce(is_backbone_known, false) as is_backbone,
    guardian_consent_known as guardian_consent,

    -- lineage
    submission_id,
    source_sheet,
    source_row
from stated
where {{ in_scope() }}
