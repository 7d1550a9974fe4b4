namespace Ledger.Documents;

/// <summary>
/// A document's new state, as the store indexes it: what it says stands sealed in the first row of the entry that carries this.
/// </summary>
/// <param name="Number">The document's own, from a leased block.</param>
/// <param name="Owner">Whose lists it is in: the account under whose data key it is sealed, or a list over all accounts (<see cref="CaseList"/>).</param>
/// <param name="Kind">The document's kind; from <see cref="FirstUnlisted"/> on it is found by number alone.</param>
public sealed record DocumentChange(long Number, long Owner, byte Kind)
{
    /// <summary>Says that this is its first state, which is quicker to index; without it the index looks.</summary>
    public bool IsNew { get; init; }

    /// <summary>Kinds from here on are in no list.</summary>
    public const byte FirstUnlisted = 64;

    /// <summary>What lists of its kind can be narrowed to, from now on.</summary>
    public IReadOnlyList<string> LinksAdded { get; init; } = [];

    /// <summary>What they no longer can.</summary>
    public IReadOnlyList<string> LinksRemoved { get; init; } = [];
}
