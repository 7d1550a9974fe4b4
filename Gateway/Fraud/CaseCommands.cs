using Gateway.Idempotency;
using Gateway.Keys;
using Gateway.Problems;
using Gateway.Wire;
using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger.Documents;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Gateway.Fraud;

/// <summary>What an analyst does with a case: <c>POST /fraud/cases/{id}/approve|decline|snooze|assign|note|label</c>.</summary>
internal sealed class CaseCommands(IGrains grains, DocumentReader documents, RequestHashKey hashKey, IOptions<GatewayOptions> options)
{
    private const int MaxName = 100;

    private static readonly Dictionary<string, CaseLabel> Labels = new(StringComparer.Ordinal)
    {
        ["confirmed_fraud"] = CaseLabel.ConfirmedFraud,
        ["false_positive"] = CaseLabel.FalsePositive,
        ["valuable_alert"] = CaseLabel.ValuableAlert,
    };

    public async Task<IResult> Act(HttpContext context, Caller caller, CaseAction action)
    {
        var query = new QueryParameters(context);
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        if (IdempotencyHeader.Read(context, options.Value.Sandbox, out var key) is { } keyProblem)
            return keyProblem;
        var (body, problem) = await BodyObject.Read(context, options.Value.MaxBodyBytes, mayBeEmpty: false, Fields(action));
        if (body is null)
            return problem!;
        body.Require("version");
        var version = body.Number("version", 1, int.MaxValue);
        var command = Read(body, action);
        if (body.Errors.Any)
            return body.Errors.ToProblem();
        if (!CaseList.TryParseId((string?)context.Request.RouteValues["id"], out var number) || await documents.FindCase(number) is not { } found)
            return NoSuchCase();
        var hash = CanonicalHash.Start((byte)'C');
        hash.Add(1, (byte)action);
        hash.Add(2, version!.Value);
        hash.Add(3, command.Text);
        hash.Add(4, command.Until?.ToUnixTimeMilliseconds() ?? 0);
        hash.Add(5, (byte)(command.Label ?? 0));
        hash.Add(6, caller.Label);
        command = command with
        {
            Case = number,
            Version = (int)version.Value,
            Actor = caller.Label,
            Tenant = caller.Tenant,
            Key = IdempotencyKey.Of(caller.Tenant, key, $"/fraud/cases/{number}"),
            RequestHash = hash.End(hashKey),
        };
        try
        {
            var answer = await Act(found.Account.Id.Value, FraudJson.ReadCase(found.State.Public), command);
            if (answer.Outcome != CaseOutcome.OutOfTime)
                return Result(answer);
            body.Refuse("until", $"must be in the next {CaseCommand.LongestSnooze.TotalDays:0} days.");
            return body.Errors.ToProblem();
        }
        catch (TimeoutException)
        {
            return new Problem(ProblemCode.OutcomeUnknown);
        }
    }

    // Who decided the payment decides its case.
    private Task<CaseAnswer> Act(string account, FraudCase state, CaseCommand command) => state.Card is null
        ? grains.Get<IAccountGrain>(account).ActOnCase(command).WaitAsync(TimeSpan.FromMilliseconds(options.Value.GrainTimeoutMs))
        : grains.Get<IMerchantGrain>(account).ActOnCase(command).WaitAsync(TimeSpan.FromMilliseconds(options.Value.GrainTimeoutMs * 3));

    public static Problem NoSuchCase() => new(ProblemCode.NotFound, "There is no such case.");

    private static string[] Fields(CaseAction action) => action switch
    {
        CaseAction.Approve or CaseAction.Decline => ["version", "label"],
        CaseAction.Snooze => ["version", "until"],
        CaseAction.Assign => ["version", "assignee"],
        CaseAction.Note => ["version", "text"],
        CaseAction.Label => ["version", "label"],
    };

    private static CaseCommand Read(BodyObject body, CaseAction action)
    {
        var command = new CaseCommand { Case = 0, Version = 0, Action = action, Actor = "", Tenant = 0 };
        switch (action)
        {
            case CaseAction.Snooze:
                body.Require("until");
                var text = body.Text("until", JsonForms.TimeLength + 20, TextKind.Identifier);
                if (text is null)
                    return command;
                // Whether it is still to come, the grain says, which knows what was recorded under the key before.
                if (!JsonForms.TryReadTime(text, out var until))
                    body.Refuse("until", "must be an RFC 3339 time with its offset, such as 2026-11-21T14:03:07.123Z.");
                return command with { Until = until };
            case CaseAction.Assign:
                // Without a name it is everybody's again.
                return command with { Text = body.Text("assignee", MaxName, TextKind.Free) };
            case CaseAction.Note:
                body.Require("text");
                return command with { Text = body.Text("text", CaseCommand.MaxText, TextKind.Free) };
            case CaseAction.Label:
                body.Require("label");
                return command with { Label = ReadLabel(body, "label") };
            case CaseAction.Approve or CaseAction.Decline:
                return command with { Label = ReadLabel(body, "label") };
            default:
                throw new ArgumentOutOfRangeException(nameof(action));
        }
    }

    /// <summary>What a payment, or an alert, turned out to be; null where the field does not say, or is refused.</summary>
    internal static CaseLabel? ReadLabel(BodyObject body, string field)
    {
        if (body.Text(field, MaxName, TextKind.Identifier) is not { } text)
            return null;
        if (Labels.TryGetValue(text, out var label))
            return label;
        body.Refuse(field, $"must be one of {string.Join(", ", Labels.Keys)}.");
        return null;
    }

    private static IResult Result(CaseAnswer answer) => answer.Outcome switch
    {
        CaseOutcome.Recorded => new JsonResult<FraudCase>(StatusCodes.Status200OK, answer.Case!, CaseJson.Write) { Replayed = answer.Replayed },
        CaseOutcome.Unknown => NoSuchCase(),
        CaseOutcome.Changed => Conflict(ProblemCode.CaseChanged, answer.Case!),
        CaseOutcome.Closed => Conflict(ProblemCode.CaseClosed, answer.Case!),
        CaseOutcome.Expired => new Problem(ProblemCode.CaseClosed, "The time to decide is over: the payment is refused."),
        CaseOutcome.Frozen => new Problem(ProblemCode.CaseAccountFrozen),
        CaseOutcome.KeyReused => new Problem(ProblemCode.IdempotencyKeyReused),
        CaseOutcome.KeyInUse => new Problem(ProblemCode.IdempotencyKeyInUse),
        CaseOutcome.Overloaded => new Problem(ProblemCode.Overloaded),
        CaseOutcome.Failed => new Problem(ProblemCode.NotRecorded),
        CaseOutcome.ShuttingDown => new Problem(ProblemCode.ShuttingDown),
        CaseOutcome.PaymentBusy => new Problem(ProblemCode.CasePaymentBusy),
        CaseOutcome.Full => new Problem(ProblemCode.CaseFull),
        CaseOutcome.OutOfTime => throw new InvalidOperationException("It is refused by its field's name."),
    };

    private static Problem Conflict(ProblemCode code, FraudCase now)
    {
        var by = now.ChangedBy ?? "the product";
        var members = new List<KeyValuePair<string, string>> { new("actedBy", by) };
        if (now.Resolution is { } resolution)
            members.Add(new("resolution", resolution.Word()));
        var detail = now.Resolution is { } how
            ? $"The case was closed by {by}: {how.Word()}. It is of version {now.Version} now."
            : $"The case was changed by {by}. It is of version {now.Version} now.";
        return new Problem(code, detail) { Members = members };
    }
}
