namespace Grains.Interfaces.Fraud;

/// <summary>
/// An address or a device that payments come from: its key is the kind and a keyed hash, never what it is called. It counts in memory,
/// bounded; after a restart it is told again what the log has of its window.
/// </summary>
public interface IRiskEntityGrain
{
    /// <summary>Notes a payment and answers, it included, in one turn. The same payment again changes nothing.</summary>
    ValueTask<EntityAnswer> See(EntitySighting sighting);
}

/// <summary>A payment that an entity is part of.</summary>
/// <param name="Payment">By which it is the same payment when it comes again.</param>
/// <param name="Payer">The debtor account's number.</param>
/// <param name="TimeMs">Product time in milliseconds since 1970.</param>
public readonly record struct EntitySighting(long Payment, long Payer, long TimeMs);

/// <summary>What an entity knows.</summary>
/// <param name="Payers">
/// Distinct payers: of an address in an hour, of a device in a day, this one counted. Null while what was seen before its process began
/// is not read back.
/// </param>
public readonly record struct EntityAnswer(int? Payers);
