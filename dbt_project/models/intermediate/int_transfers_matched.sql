select
    vouchers.*,
    case when vouchers.is_transfer then others.voucher_no is not null end as is_matched,
    others.booked_on as other_booked_on,
    others.amount_yuan as other_amount_yuan
from {{ ref('int_funding_attributed') }} as vouchers
left join {{ ref('int_funding_attributed') }} as others
    on
        vouchers.voucher_no = others.voucher_no
        and vouchers.counterparty_key = others.office_key
        and vouchers.office_key = others.counterparty_key
        and vouchers.funding_kind <> others.funding_kind
        and vouchers.is_transfer
        and others.is_transfer
