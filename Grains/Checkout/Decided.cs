using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>What came of a decision.</summary>
internal sealed record Decided
{
    /// <summary>The answer, where it is not simply an object's state.</summary>
    public WireAnswer? Answer { get; private init; }

    /// <summary>Whether nothing of the draft is to be recorded.</summary>
    public bool IsRefused { get; private init; }

    /// <summary>The object that the answer shows, or whose acquirer call it waits for.</summary>
    public DocumentKind Kind { get; private init; }

    public long Subject { get; private init; }

    /// <summary>Whether an acquirer is to be called, once this is durable, before there is an answer.</summary>
    public bool Waits { get; private init; }

    /// <summary>Answers with the object's state after this decision.</summary>
    public static Decided Shows(DocumentKind kind, long subject) => new() { Kind = kind, Subject = subject };

    /// <summary>Records, and answers something else than an object.</summary>
    public static Decided Answers(DocumentKind kind, long subject, WireAnswer answer) => new() { Kind = kind, Subject = subject, Answer = answer };

    /// <summary>Records, then calls the acquirer of the object's attempt.</summary>
    public static Decided WaitsFor(DocumentKind kind, long subject) => new() { Kind = kind, Subject = subject, Waits = true };

    /// <summary>Records, where there is something to record, and nobody waits for an answer.</summary>
    public static Decided Unasked => Answers(default, 0, new WireAnswer(200, []));

    /// <summary>Records nothing.</summary>
    public static implicit operator Decided(WireAnswer refusal) => new() { Answer = refusal, IsRefused = true };
}
