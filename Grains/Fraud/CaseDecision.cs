using Grains.Interfaces.Fraud;

namespace Grains.Fraud;

/// <summary>What an analyst's command makes of a case. Pure: case, command and time in; the next state, or why there is none, out.</summary>
internal static class CaseDecision
{
    /// <returns>The case after it; or null, and the outcome that says why.</returns>
    public static (FraudCase? Next, CaseOutcome Outcome) Decide(FraudCase state, CaseCommand command, long nowMs)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(nowMs);
        if (command.Action == CaseAction.Snooze && (command.Until is not { } until || until <= now || until > now + CaseCommand.LongestSnooze))
            return (null, CaseOutcome.OutOfTime);
        if (state.Version != command.Version)
            return (null, state.Status == CaseStatus.Closed ? CaseOutcome.Closed : CaseOutcome.Changed);
        if (state.Status == CaseStatus.Closed && command.Action is not (CaseAction.Note or CaseAction.Label))
            return (null, CaseOutcome.Closed);
        if (command.Action == CaseAction.Note && state.Notes.Count >= CaseCommand.MaxNotes)
            return (null, CaseOutcome.Full);
        var next = command.Action switch
        {
            CaseAction.Approve => Closed(state, CaseResolution.Released, now),
            CaseAction.Decline => Closed(state, CaseResolution.Refused, now),
            CaseAction.Snooze => state with { SnoozedUntil = command.Until },
            CaseAction.Assign => state with { Assignee = string.IsNullOrEmpty(command.Text) ? null : command.Text, SnoozedUntil = null },
            CaseAction.Note => state with { Notes = [.. state.Notes, new CaseNote(command.Actor, now, command.Text ?? "")] },
            CaseAction.Label => state with { Label = command.Label },
        };
        if (command.Label is { } label)
            next = next with { Label = label };
        return (next with { Version = state.Version + 1, ChangedBy = command.Actor }, CaseOutcome.Recorded);
    }

    /// <summary>The case as the end of its time leaves it.</summary>
    public static FraudCase Expire(FraudCase state, long nowMs) => End(state, CaseResolution.Expired, nowMs);

    /// <summary>The case as what became of its payment leaves it.</summary>
    public static FraudCase End(FraudCase state, CaseResolution how, long nowMs) =>
        Closed(state, how, DateTimeOffset.FromUnixTimeMilliseconds(nowMs)) with { Version = state.Version + 1, ChangedBy = null };

    /// <summary>A closed case that waits for an analyst again.</summary>
    /// <param name="why">Written among its notes, where there is room.</param>
    public static FraudCase Reopen(FraudCase state, string why, long nowMs, long expiresAtMs) => state with
    {
        Version = state.Version + 1,
        Status = CaseStatus.Open,
        Resolution = null,
        ClosedAt = null,
        ChangedBy = null,
        ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(expiresAtMs),
        Notes = state.Notes.Count >= CaseCommand.MaxNotes ? state.Notes : [.. state.Notes, new CaseNote("payments", DateTimeOffset.FromUnixTimeMilliseconds(nowMs), why)],
    };

    private static FraudCase Closed(FraudCase state, CaseResolution resolution, DateTimeOffset now) =>
        state with { Status = CaseStatus.Closed, Resolution = resolution, ClosedAt = now, SnoozedUntil = null };
}
