using Grains.Fraud.Model;
using Grains.Interfaces.Fraud;
using Ledger;

namespace Grains.Fraud.RuleBook;

/// <summary>
/// The model that the rule book names, in this process's decisions: its file is on the ledger's shelf, where every process finds it. One
/// that cannot be read leaves the one before it in use.
/// </summary>
/// <param name="desk">Null where risk is not judged.</param>
public sealed class ModelInUse(IModelShelf shelf, RiskDesk? desk)
{
    private readonly Lock gate = new();
    private volatile ModelInForce? named;
    private volatile TrainedModel? trained;
    private ModelChoice? used;

    /// <summary>As the rule book has it; null where no model was ever chosen.</summary>
    public ModelInForce? Named => named;

    /// <summary>The one that decisions use; null for none.</summary>
    public TrainedModel? Trained => trained;

    /// <summary>A version's file from the shelf; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of another release.</exception>
    /// <exception cref="LedgerStoreException">The database does not answer.</exception>
    public TrainedModel? Read(string version)
    {
        if (trained is { } known && known.Manifest.Version == version)
            return known;
        if (shelf.FindModel(version) is not { } file)
            return null;
        using var stream = new MemoryStream(file, writable: false);
        return ModelFile.Read(stream);
    }

    /// <summary>What is newer never gives way to what is older.</summary>
    internal void Name(ModelInForce? state)
    {
        lock (gate)
            named = state?.Revision > (named?.Revision ?? 0) ? state : named;
    }

    /// <summary>Takes the model that is named into use. It waits for the database: not within a grain's turn.</summary>
    /// <exception cref="InvalidDataException">It is not on the shelf, is damaged, or asks for what this release does not compute.</exception>
    /// <exception cref="LedgerStoreException">The database does not answer.</exception>
    internal void Take()
    {
        // A grain waits for the gate in its turn: it is not held over the database. What is named meanwhile is taken next.
        while (Next() is { } choice)
        {
            var next = choice.Version is { } version ? Read(version) ?? throw new InvalidDataException($"The model {version} is in force, and is not in the ledger.") : null;
            var loaded = next is null || desk is null ? null : new LoadedModel(next, choice.IsPublished);
            lock (gate)
            {
                if (named?.Choice != choice)
                    continue;
                if (desk is not null)
                    desk.Model = loaded;
                (trained, used) = (next, choice);
            }
        }
    }

    // Null where what is named is used.
    private ModelChoice? Next()
    {
        lock (gate)
            return named?.Choice is { } choice && choice != used ? choice : null;
    }
}
