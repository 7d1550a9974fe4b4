using System.Diagnostics;
using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Ledger;

namespace Grains.Accounts;

/// <summary>The grain's turn as a step of a trace, where somebody listens.</summary>
public sealed partial class AccountGrain
{
    private async Task<SubmitAnswer> SubmitTraced(PaymentInstruction instruction)
    {
        // A call from another process may come without its caller's trace; the instruction has it.
        using var step = Activity.Current is null ? JourneyTrace.Resume("account.submit", ActivityKind.Server, instruction.Trace) : JourneyTrace.Step("account.submit");
        var answer = await SubmitNow(instruction);
        step?.SetTag("payments.outcome", answer.Outcome.ToString());
        if (answer.Payment is { } payment)
            step?.SetTag("payments.status", payment.Status.ToString()).SetTag("payments.reason", payment.Reason?.ToString());
        return answer;
    }

    private async Task<IReadOnlyList<SubmitAnswer>> SubmitAllTraced(IReadOnlyList<PaymentInstruction> instructions)
    {
        using var step = JourneyTrace.Step("account.submit_all");
        step?.SetTag("payments.count", instructions.Count);
        return await SubmitAllNow(instructions);
    }

    /// <summary>The way to another shard: a step of the payment's own trace, or, where it is taken up again later, linked to it.</summary>
    private static Activity? TransferStep(LogRow first)
    {
        var step = JourneyTrace.IsOn ? JourneyTrace.Step("rail.transfer", ActivityKind.Client, first.Data is { } data ? PaymentData.Decode(data).Trace : null) : null;
        step?.SetTag("payments.rail", "transfer");
        return step;
    }
}
