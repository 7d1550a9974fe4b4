namespace Gateway.Problems;

/// <summary>
/// One kind of error answer. <see cref="All"/> is the only list of them: the answers, the pages under <c>/problems</c> and the
/// OpenAPI document all come from it. Codes are stable: never rename one.
/// </summary>
public sealed record ProblemCode(string Code, int Status, string Title, string Cause, string Remedy)
{
    public static readonly ProblemCode MalformedJson = new(
        "malformed_json", 400, "The body is not readable JSON.",
        "The body is empty, breaks JSON's grammar, is not UTF-8, is nested deeper than 32 levels, has something behind its end, or is not the object or array that is expected.",
        "Send one JSON value in UTF-8. The detail says where reading stopped.");

    public static readonly ProblemCode IdempotencyKeyMissing = new(
        "idempotency_key_missing", 400, "The Idempotency-Key header is missing.",
        "Requests that record something need a key, so that a retry cannot record it twice.",
        "Send an Idempotency-Key of 1 to 255 printable ASCII characters, a new one for each thing that you want to happen, and the same one when you try again.");

    public static readonly ProblemCode IdempotencyKeyInvalid = new(
        "idempotency_key_invalid", 400, "The Idempotency-Key header is not readable.",
        "The key is longer than 255 characters, empty, has characters outside printable ASCII, is sent twice, or is a quoted string that does not end. A batch takes its keys from its items and allows no header.",
        "Send one key of 1 to 255 printable ASCII characters, bare or in double quotes.");

    public static readonly ProblemCode Unauthenticated = new(
        "unauthenticated", 401, "The API key is missing or unknown.",
        "There is no Authorization header of the form 'Bearer KEY', or the key does not exist or was revoked.",
        "Send your key as 'Authorization: Bearer KEY'.");

    public static readonly ProblemCode RoleNotAllowed = new(
        "role_not_allowed", 403, "The API key may not do this.",
        "The key's role does not include this operation.",
        "Use a key whose role allows it: banks submit and return payments, analysts and administrators read.");

    public static readonly ProblemCode CrossSiteRequest = new(
        "cross_site_request", 403, "The request does not come from the console.",
        "The console's session is begun and ended by the console's own pages alone; the Origin and Sec-Fetch-Site headers do not say that this request is theirs.",
        "Use the console in a browser, or send an API key in the Authorization header.");

    public static readonly ProblemCode NotFound = new(
        "not_found", 404, "There is no such resource.",
        "No resource has this id, or it belongs to another tenant.",
        "Check the id and that the key is the one of the tenant that owns the resource.");

    public static readonly ProblemCode PathUnknown = new(
        "path_unknown", 404, "There is nothing at this path.",
        "The path is not one of the product's, or belongs to the sandbox, which is off.",
        "See /docs for every path.");

    public static readonly ProblemCode MethodNotAllowed = new(
        "method_not_allowed", 405, "The path does not take this method.",
        "The path exists, but not with this HTTP method.",
        "Use one of the methods in the Allow header.");

    public static readonly ProblemCode IdempotencyKeyInUse = new(
        "idempotency_key_in_use", 409, "The first request with this key is still being recorded.",
        "Another request with the same key is in flight and took longer than two seconds.",
        "Ask again with the same key and the same body.");

    public static readonly ProblemCode AccountExists = new(
        "account_exists", 409, "There is an account with this id.",
        "The id that was asked for is taken.",
        "Choose another id, or leave it out to be given one.");

    public static readonly ProblemCode AccountClosed = new(
        "account_closed", 409, "The account is closed.",
        "A closed account changes no more.",
        "Open another account.");

    public static readonly ProblemCode AccountNotEmpty = new(
        "account_not_empty", 409, "The account is not empty.",
        "Only an account with a balance of zero, without holds or transfers in flight, can be closed.",
        "Pay the balance out, then close the account.");

    public static readonly ProblemCode CaseChanged = new(
        "case_changed", 409, "Somebody else acted on the case.",
        "The case is of another version than the one that the command was decided on. `actedBy` says who changed it last.",
        "Read the case again and decide anew.");

    public static readonly ProblemCode CaseClosed = new(
        "case_closed", 409, "The case is closed.",
        "The payment was released, refused, or its time is over. `actedBy` says by whom, `resolution` how.",
        "A closed case takes notes and a label, of its newest version, and nothing else.");

    public static readonly ProblemCode CaseAccountFrozen = new(
        "case_account_frozen", 409, "The debtor account is frozen.",
        "A frozen account does not pay: the payment cannot be released.",
        "Unfreeze the account and approve again, or decline the payment.");

    public static readonly ProblemCode CasePaymentBusy = new(
        "case_payment_busy", 409, "The card payment is being changed.",
        "Its acquirer is being asked to capture, cancel or increase it: what a refusal has to undo is not known yet. Nothing was recorded.",
        "Decline again in a moment.");

    public static readonly ProblemCode CaseFull = new(
        "case_full", 409, "The case holds as many notes as it may.",
        "A case has at most 100 notes.",
        "Decide it, or label it.");

    public static readonly ProblemCode AlertClosed = new(
        "alert_closed", 409, "Somebody closed the alert before.",
        "The alert is of another version than the one that the command was decided on: it was closed. `actedBy` says by whom, `outcome` as what.",
        "Read the alert again. An alert is closed once.");

    public static readonly ProblemCode CursorExpired = new(
        "cursor_expired", 410, "The events after this cursor are no longer here.",
        "The ledger let go of them once they were archived. `oldest` is the oldest cursor that a stream can begin after.",
        "Read what is missing in the archive, and begin after `oldest`.");

    public static readonly ProblemCode RuleChanged = new(
        "rule_changed", 409, "Somebody else changed the rule.",
        "The rule is of another revision than the one that the command was decided on. `actedBy` says who changed it last.",
        "Read the rule again and decide anew.");

    public static readonly ProblemCode RuleNotInPlace = new(
        "rule_not_in_place", 409, "The version is not where this step begins.",
        "A version goes from draft to validated, shadow, published and retired; a rule is reverted to a version that was published before.",
        "Read the rule's versions, and take the step that is next.");

    public static readonly ProblemCode FourEyes = new(
        "four_eyes", 409, "A second person must do this.",
        "Whoever drafted the version, or asked for the change, may not be the one who makes it act or stop. `actedBy` says who that was.",
        "Have somebody else do it, with a key of their own.");

    public static readonly ProblemCode RuleFull = new(
        "rule_full", 409, "The rule has as many versions as it may.",
        "A rule has at most 1,000 versions.",
        "Publish one of them again.");

    public static readonly ProblemCode ListEntryExists = new(
        "list_entry_exists", 409, "The list names this already.",
        "An entry in force has the same kind and value. `entryId` says which.",
        "Take that one off first, where it is to expire at another time.");

    public static readonly ProblemCode ListEntryNotAsked = new(
        "list_entry_not_asked", 409, "Nothing is asked for of this entry.",
        "An entry is approved or rejected while somebody has asked that it be put on or taken off (`asked`), and in time.",
        "Read the list again.");

    public static readonly ProblemCode ListFull = new(
        "list_full", 409, "The lists hold as many entries as they may.",
        "All lists together hold at most 100,000 entries in force.",
        "Take entries off that are no longer needed.");

    public static readonly ProblemCode BodyTooLarge = new(
        "body_too_large", 413, "The body is too large.",
        "The body is larger than 64 KiB, or for a batch 16 MiB.",
        "Send less; split a batch.");

    public static readonly ProblemCode ContentTypeNotSupported = new(
        "content_type_not_supported", 415, "The content type is not supported.",
        "The body's Content-Type is missing or is not one that the path takes.",
        "Send 'Content-Type: application/json'; a batch may also be 'application/x-ndjson'.");

    public static readonly ProblemCode InvalidFields = new(
        "invalid_fields", 422, "A field is refused.",
        "One or more fields or query parameters are unknown, missing, given twice, of the wrong type, or have a value that is not allowed. 'errors' names each.",
        "Correct the fields that 'errors' names. Nothing was recorded.");

    public static readonly ProblemCode CardNumberNotAccepted = new(
        "card_number_not_accepted", 422, "A text contains a card number.",
        "A free text contains digits that are a payment card's number: an issuer's range, its length, and a valid check digit.",
        "Take the card number out. Card numbers are never accepted in free text.");

    public static readonly ProblemCode CreditorAgentNotReachable = new(
        "creditor_agent_not_reachable", 422, "The creditor agent cannot be reached.",
        "The routing number is not valid, or belongs to another institution, to which no rail is connected.",
        "Pay to an account of this institution, and leave creditorAgent out or give this institution's routing number.");

    public static readonly ProblemCode IdempotencyKeyReused = new(
        "idempotency_key_reused", 422, "The idempotency key belongs to another request.",
        "A request with the same key but another body was recorded before. Nothing new was recorded.",
        "Use a new key for a new request. For a retry, send the first body again.");

    public static readonly ProblemCode ReturnExceedsPayment = new(
        "return_exceeds_payment", 422, "More would go back than is left of the payment.",
        "The amount, with what was returned before, is more than the payment's amount.",
        "Return at most what is left: the payment's amount less its amountReturned.");

    public static readonly ProblemCode PaymentNotReturnable = new(
        "payment_not_returnable", 422, "The payment cannot be returned.",
        "Only a settled payment moved money that can go back.",
        "Check the payment's status.");

    public static readonly ProblemCode AccountTooFull = new(
        "account_too_full", 422, "The account cannot hold that much.",
        "A counter of the account would pass 64 bits of minor units.",
        "Use a smaller amount or another account.");

    public static readonly ProblemCode BatchTooLong = new(
        "batch_too_long", 422, "The batch has too many items.",
        "A batch has at most 10,000 items. None of these was recorded.",
        "Split the batch.");

    public static readonly ProblemCode BacktestsRunning = new(
        "backtests_running", 429, "Enough backtests run already.",
        "A process replays two at once, so that payments keep their pace.",
        "Wait for the end of one, or cancel one, then ask again.");

    public static readonly ProblemCode InternalError = new(
        "internal_error", 500, "Something went wrong here.",
        "A fault of the product. It is logged under the traceId.",
        "Ask again with the same idempotency key; if it stays, report the traceId.");

    public static readonly ProblemCode NotRecorded = new(
        "not_recorded", 500, "The request could not be recorded.",
        "The ledger could not write this entry and named no reason. Nothing was recorded.",
        "Ask again with the same key; if it stays, report the traceId.");

    public static readonly ProblemCode Overloaded = new(
        "overloaded", 503, "Too much is waiting to be recorded.",
        "The ledger's queue is full. Nothing of this request was recorded.",
        "Wait as long as Retry-After says, then ask again with the same key.");

    public static readonly ProblemCode ShuttingDown = new(
        "shutting_down", 503, "The process is going down.",
        "The process takes no new work. Nothing of this request was recorded.",
        "Wait as long as Retry-After says, then ask again with the same key.");

    public static readonly ProblemCode ShardUnavailable = new(
        "shard_unavailable", 503, "The other account's part of the ledger takes nothing for now.",
        "The other account is on a shard whose database does not answer, or has too much to do. Nothing of this request was recorded.",
        "Wait as long as Retry-After says, then ask again with the same key. Payments between accounts of other shards go on.");

    public static readonly ProblemCode AccountMoved = new(
        "account_moved", 503, "The account was moved to another shard.",
        "This process was started before the account's part of the ledger was moved. Nothing of this request was recorded.",
        "Ask another process, or ask again with the same key once this one was started anew.");

    public static readonly ProblemCode LedgerUnavailable = new(
        "ledger_unavailable", 503, "The ledger cannot be read for now.",
        "The ledger's database does not answer. Nothing was asked to be recorded.",
        "Wait as long as Retry-After says, then ask again.");

    public static readonly ProblemCode OutcomeUnknown = new(
        "outcome_unknown", 504, "Whether it was recorded is not known.",
        "The answer did not come in time. The request may have been recorded.",
        "Ask again with the same key: you get the answer of the first request, or it is done now, once.");

    public static IReadOnlyList<ProblemCode> All { get; } =
    [
        MalformedJson, IdempotencyKeyMissing, IdempotencyKeyInvalid, Unauthenticated, RoleNotAllowed, CrossSiteRequest, NotFound, PathUnknown,
        MethodNotAllowed, IdempotencyKeyInUse, AccountExists, AccountClosed, AccountNotEmpty, CaseChanged, CaseClosed, CaseAccountFrozen, CasePaymentBusy, CaseFull, AlertClosed, RuleChanged, RuleNotInPlace, FourEyes, RuleFull, ListEntryExists, ListEntryNotAsked, ListFull,
        CursorExpired, BodyTooLarge, ContentTypeNotSupported,
        InvalidFields, CardNumberNotAccepted, CreditorAgentNotReachable, IdempotencyKeyReused, ReturnExceedsPayment,
        PaymentNotReturnable, AccountTooFull, BatchTooLong, BacktestsRunning, InternalError, NotRecorded, Overloaded, ShuttingDown, ShardUnavailable, AccountMoved, LedgerUnavailable,
        OutcomeUnknown,
    ];

    /// <summary>RFC 9457's <c>type</c>: the page that explains the code.</summary>
    public string Type { get; } = "/problems/" + Code;
}
