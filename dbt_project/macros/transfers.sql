{#- The two ends of transfers: which of them are of one transfer. -#}

{#-
    The other end of each of *ends*, the name of a CTE, that has one: one row each, with the lineage of the end itself.
    The CTEs from `numbered` to `others`.

    Two ends are of one transfer when they bear the same voucher number and budget year and name each other. Where a
    number is used again the n-th is paired with the n-th, in order of booked_on. Of what is left over, an end may also
    be of an office that went into the one named, or that the one named went into, by the end of the month told of.
-#}
{% macro other_ends(ends) -%}
    {%- set in_order = '{0}.booked_on, {0}.amount_yuan, {0}.office_key, {0}.end_no' -%}
numbered as (
    select
        *,
        case when funding_kind = 'transfer_out' then office_key else counterparty_key end as payer_key,
        case when funding_kind = 'transfer_out' then counterparty_key else office_key end as payee_key,
        row_number() over (
            partition by voucher_no, budget_year, office_key, counterparty_key, funding_kind
            order by booked_on, amount_yuan, end_no
        ) as nth
    from {{ ends }}
    where counterparty_key is not null
),

exact as (
    select
        outs.end_no as out_no,
        ins.end_no as in_no
    from numbered as outs
    inner join numbered as ins
        on
            outs.voucher_no = ins.voucher_no
            and outs.budget_year = ins.budget_year
            and outs.payer_key = ins.payer_key
            and outs.payee_key = ins.payee_key
            and outs.nth = ins.nth
    where outs.funding_kind = 'transfer_out' and ins.funding_kind = 'transfer_in'
),

{#- An heir and the first day of a time in which it had what another office left. #}
kin as (
    select
        heirs.office_key,
        heirs.heir_key,
        heirs.from_day
    from {{ ref('office_heirs') }} as heirs
    inner join {{ ref('int_offices_lifetimes') }} as lives on heirs.office_key = lives.office_key
    where heirs.from_day > lives.ended_on
),

left_over as (
    select
        numbered.*,
        (to_date(numbered.period, 'YYYY-MM') + interval '1 month' - interval '1 day')::date as told_on
    from numbered
    where
        numbered.end_no not in (select exact.out_no from exact union all select exact.in_no from exact)
        and exists (
            select 1
            from kin
            where
                kin.office_key in (numbered.office_key, numbered.counterparty_key)
                or kin.heir_key in (numbered.office_key, numbered.counterparty_key)
        )
),

may_pair as (
    select
        outs.end_no as out_no,
        ins.end_no as in_no,
        row_number() over (order by {{ in_order.format('outs') }}, {{ in_order.format('ins') }}) as pair_no
    from left_over as outs
    inner join left_over as ins on outs.voucher_no = ins.voucher_no and outs.budget_year = ins.budget_year
    where
        outs.funding_kind = 'transfer_out'
        and ins.funding_kind = 'transfer_in'
        {%- for end, other in [('outs', 'ins'), ('ins', 'outs')] %}
        and (
            {{ end }}.office_key = {{ other }}.counterparty_key
            or ({{ other }}.counterparty_key, {{ end }}.office_key) in (
                select kin.office_key, kin.heir_key from kin where kin.from_day <= {{ end }}.told_on
            )
            or ({{ end }}.office_key, {{ other }}.counterparty_key) in (
                select kin.office_key, kin.heir_key from kin where kin.from_day <= {{ other }}.told_on
            )
        )
        {%- endfor %}
),

{#-
    n-th with n-th. An end may go with several, but not with all that these may go with: then what one round leaves over
    is paired in the next, and no end twice.
-#}
{%- for round in [1, 2, 3] %}
choices_{{ round }} as (
    select
        out_no,
        in_no,
        pair_no,
        row_number() over (partition by out_no order by pair_no) as choice_of_out,
        row_number() over (partition by in_no order by pair_no) as choice_of_in
    from may_pair
    {%- for earlier in range(1, round) %}
    {{ 'where' if loop.first else 'and' }} out_no not in (select taken.out_no from paired_{{ earlier }} as taken)
    and in_no not in (select taken.in_no from paired_{{ earlier }} as taken)
    {%- endfor %}
),

paired_{{ round }} as (
    select
        out_no,
        in_no
    from (
        select
            out_no,
            in_no,
            nth_of_out,
            row_number() over (partition by in_no order by pair_no) as nth_of_in
        from (
            select
                out_no,
                in_no,
                pair_no,
                row_number() over (partition by out_no order by pair_no) as nth_of_out
            from choices_{{ round }}
            where choice_of_out = choice_of_in
        ) as of_outs
        where nth_of_out = 1
    ) as of_both
    where nth_of_in = 1
),
{% endfor %}
pairs as (
    select
        out_no,
        in_no
    from exact
    {%- for round in [1, 2, 3] %}
    union all
    select
        out_no,
        in_no
    from paired_{{ round }}
    {%- endfor %}
),

others as (
    select
        own.submission_id,
        own.source_sheet,
        own.source_row,
        other.booked_on,
        other.amount_yuan
    from (
        select
            out_no as own_no,
            in_no as other_no
        from pairs
        union all
        select
            in_no as own_no,
            out_no as other_no
        from pairs
    ) as paired
    inner join {{ ends }} as own on paired.own_no = own.end_no
    inner join {{ ends }} as other on paired.other_no = other.end_no
)
{%- endmacro %}
