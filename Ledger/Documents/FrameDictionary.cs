namespace Ledger.Documents;

/// <summary>
/// What frames of documents are packed against: states of a merchant's objects as they are stored, without what differs from one to
/// the next. Never change it: frames that were packed against it could not be read any more. A better one is another
/// <see cref="DocumentFrame"/> format.
/// </summary>
internal static class FrameDictionary
{
    public static ReadOnlySpan<byte> Text =>
        """
        "customer.updated","customer.deleted","checkout.session.completed","charge.dispute.created","payout.paid","refund.updated","charge.refunded","setup_intent.succeeded","payment_method.attached","
        {"id":"cus_,"email":"","name":"","phone":"","address":{"city":"","country":"","line1":"","postal_code":"","state":""},"shipping":{
        {"id":"seti_,"usage":"off_session"
        {"id":"po_,"arrival_date":,"method":"standard","destination":"ba_
        {"id":"cs_test_
        {"id":"dp_","reason":"fraudulent","evidence
        {"endpoint":,"event":,"attempts":0,"next_at_ms":
        {"id":"re_","amount":,"balance_transaction":"txn_","charge":"ch_","created":,"currency":"usd","metadata":{},"payment_intent":"pi_","reason":"requested_by_customer","status":"succeeded"}
        {"id":"pi_","amount":,"amount_capturable":0,"amount_received":0,"automatic_payment_methods":{"allow_redirects":"always","enabled":true},"canceled_at":,"cancellation_reason":"","capture_method":"automatic","client_secret":"pi_,"customer":"cus_","description":"","last_payment_error":{"charge":"ch_","code":"card_declined","decline_code":"generic_decline","doc_url":"https://stripe.com/docs/error-codes/card-declined","message":"Your card was declined.","type":"card_error"},"next_action":{"redirect_to_url":{"return_url":"https://","url":"http://127.0.0.1:"},"type":"redirect_to_url"},"status":"requires_action"}{"status":"requires_payment_method"}{"status":"requires_confirmation"}{"status":"requires_capture"}{"status":"canceled"}
        "capture_method":"manual","client_secret":"_secret_","confirmation_method":"automatic","created":17","currency":"eur","latest_charge":"ch_","metadata":{},"payment_method":"pm_","payment_method_options":{"card":{"request_three_d_secure":"automatic"}},"payment_method_types":["card"],"receipt_email":"","setup_future_usage":"off_session","status":"processing"}
        {"attempt":{"key":"pi_:1","acquirer":"sandbox","operation":1,"amount":,"currency":"usd","card_reference":"visa","authorization":"sbx_0000","final":true,"stored_request":,"request":{"id":"req_","idempotency_key":"","api_version":"2024-04-10","expand":[],"base_url":"http://127.0.0.1:8080"},"ask_at_ms":17,"asked":0,"authenticated":false,"off_session":false,"prepared":false,"wants_challenge":false,"error_on_requires_action":false,"use_sdk":false},"attempts":1,"hold":0,"held":0,"captured":0,"capture_before_ms":0,"rows":0,"off_session":false,"session":0}
        {"id":"pm_","allow_redisplay":"unspecified","billing_details":{"address":{}},"card":{"brand":"mastercard","checks":{"cvc_check":"pass"},"country":"US","exp_month":12,"exp_year":2029,"fingerprint":"","funding":"debit","last4":"4444"},"created":17,"metadata":{}}{"acquirer":"sandbox","card_reference":"","authenticated":false,"spent":true}
        {"id":"ch_","amount":,"amount_captured":0,"amount_refunded":0,"balance_transaction":"txn_","billing_details":{"address":{}},"calculated_statement_descriptor":"","captured":true,"created":17,"currency":"usd","disputed":false,"failure_code":"card_declined","failure_message":"Your card was declined.","metadata":{},"outcome":{"network_decline_code":"","network_status":"approved_by_network","risk_level":"normal","risk_score":20,"seller_message":"Payment complete.","type":"authorized"},"paid":true,"payment_intent":"pi_","payment_method":"pm_","payment_method_details":{"card":{"amount_authorized":,"authorization_code":"000","brand":"visa","capture_before":17,"checks":{"cvc_check":"pass"},"country":"US","exp_month":12,"exp_year":20,"fingerprint":"","funding":"credit","incremental_authorization":{"status":"unavailable"},"last4":"4242","multicapture":{"status":"unavailable"},"network_transaction_id":"sbx_0000","overcapture":{"maximum_amount_capturable":0}}},"refunded":false,"status":"succeeded"}{"acquirer":"sandbox","authorization":"sbx_0000","refunds_under_way":0,"is_ours":false}
        {"id":"txn_","amount":,"available_on":17,"created":17,"currency":"usd","fee":,"fee_details":[{"amount":,"currency":"usd","description":"Payment processing fees","type":"stripe_fee"}],"reporting_category":"charge","source":"ch_","status":"pending","type":"charge"}
        {"currency":"usd","net_by_available_on":{"17
        {"id":"evt_","type":"payment_intent.created","api_version":"2026-10-28.endive","created":17,"request_id":"req_","idempotency_key":"","subject":,"place":0,"previous_attributes":{"amount_captured":0,"balance_transaction":null,"captured":false},"pending_webhooks":0}"type":"payment_intent.succeeded","api_version":"2024-04-10"type":"payment_intent.amount_capturable_updated"type":"payment_intent.payment_failed"type":"payment_intent.canceled"type":"charge.succeeded"type":"charge.captured"type":"charge.failed"type":"charge.refunded"type":"refund.created"
        {"hash":"","created_ms":17,"subject":,"subject_kind":3,"status":200}
        """u8;
}
