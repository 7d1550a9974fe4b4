using System.Text.Json;
using Gateway.Fraud;
using Grains.Fraud;
using Grains.Fraud.Model;
using Grains.Fraud.RuleBook;
using Grains.Interfaces;
using Grains.Interfaces.Fraud;
using Ledger;

namespace Silo.Embedded;

/// <summary>
/// The fraud models of a ledger: those on its shelf, and those in this machine's directory. Which one is in force is the rule book's to
/// say, for every process on the ledger; what is chosen is on the shelf before it is said.
/// </summary>
internal sealed partial class RiskModels(ModelDirectory directory, IModelShelf shelf, RulesInForce rules, IGrains grains, ILogger<RiskModels> logger) : IRiskModels
{
    private const string Carrier = "an earlier release";

    private volatile LoadedModel? explained;

    public ModelShown? Current => rules.Model.Trained is { } model ? Shown(model) : null;

    public IReadOnlyList<ModelContribution> Explain(string version, IReadOnlyList<long> values)
    {
        var model = explained?.Version == version ? explained : null;
        try
        {
            if (model is null && Read(version) is { } trained)
                explained = model = new LoadedModel(trained, isPublished: false);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or LedgerStoreException)
        {
            // The decision stands as it was recorded; only what moved its model cannot be told now.
            return [];
        }

        return model?.Explain(new FeatureVector([.. values])) ?? [];
    }

    public IReadOnlyList<ModelListed> List() =>
        [.. shelf.ListModels().Union(directory.Versions(), StringComparer.Ordinal).OrderDescending(StringComparer.Ordinal).Select(version => new ModelListed(version, ModeOf(version), AskedOf(version)))];

    public ModelShown? Find(string version) => Read(version) is { } model ? Shown(model) : null;

    public string Add(ReadOnlyMemory<byte> file)
    {
        var version = Readable(file).Manifest.Version;
        if (!shelf.AddModel(version, file.ToArray()) && !shelf.FindModel(version)!.AsSpan().SequenceEqual(file.Span))
            throw new InvalidDataException($"Another file of the version {version} is there: models never change.");
        return version;
    }

    public async Task<RuleBookAnswer> Choose(ModelChoice choice, string by, long tenant)
    {
        if (choice.Version is { } version && !Shelve(version))
            return new RuleBookAnswer(RuleBookOutcome.Unknown);
        return await Change(new ModelCommand(choice, by, tenant));
    }

    /// <summary>What was in force in this machine's directory before the ledger said so is from now on in force in the ledger, once and for all.</summary>
    /// <exception cref="InvalidDataException">That model cannot be read any more.</exception>
    public async Task CarryOver()
    {
        if (rules.Model.Named is not null || directory.InForceBefore() is not { } before)
            return;
        if (before.Choice.Version is { } version && !Shelve(version))
            throw new InvalidDataException($"The model {version} was in force, and is not in the directory of models any more.");
        var answer = await Change(new ModelCommand(before.Choice, before.By ?? Carrier, 0, IsCarriedOver: true));
        if (answer.Outcome != RuleBookOutcome.Recorded)
            NotCarriedOver(logger, before.Choice.Version, answer.Outcome);
    }

    private async Task<RuleBookAnswer> Change(ModelCommand command)
    {
        var answer = await grains.Get<IRuleBookGrain>(IRuleBookGrain.Key).ChangeModel(command);
        // Here at once; other processes look for it.
        await rules.Refresh();
        return answer;
    }

    // Nobody asks for what cannot be read.
    private bool Shelve(string version)
    {
        if (shelf.FindModel(version) is { } known)
            _ = Readable(known);
        else if (directory.Find(version) is { } file)
            _ = Readable(file).Manifest.Version == version ? shelf.AddModel(version, file) : throw new InvalidDataException($"The model file says another version than its name: {version}.");
        else
            return false;
        return true;
    }

    private TrainedModel? Read(string version) => rules.Model.Read(version) ?? (directory.Find(version) is { } file ? Parse(file) : null);

    private static TrainedModel Readable(ReadOnlyMemory<byte> file)
    {
        if (file.Length > IModelShelf.MaxModelBytes)
            throw new InvalidDataException($"The model file has {file.Length:N0} bytes; at most {IModelShelf.MaxModelBytes:N0} are kept.");
        var model = Parse(file);
        // It throws where the model asks for what this release does not compute.
        _ = new LoadedModel(model, isPublished: false);
        return model;
    }

    private static TrainedModel Parse(ReadOnlyMemory<byte> file)
    {
        using var stream = new MemoryStream(file.ToArray(), writable: false);
        return ModelFile.Read(stream);
    }

    private ModelShown Shown(TrainedModel model)
    {
        var (version, manifest) = (model.Manifest.Version, JsonSerializer.SerializeToUtf8Bytes(model.Manifest, JsonSerializerOptions.Web));
        return rules.Model.Named is { } state && state.Choice.Version == version
            ? new ModelShown(version, manifest, state.Choice.IsPublished, state.By, state.At, AskedOf(version))
            : new ModelShown(version, manifest) { Asked = AskedOf(version) };
    }

    private bool? ModeOf(string version) => rules.Model.Named is { } state && state.Choice.Version == version ? state.Choice.IsPublished : null;

    // To take away what is in force is about what is in force.
    private ModelAsked? AskedOf(string version) => rules.Model.Named is { Asked: { } word } state && (word.Choice.Version ?? state.Choice.Version) == version ? word : null;

    [LoggerMessage(1, LogLevel.Error, "The fraud model {Version} was in force in this machine's directory and is not in the ledger: {Outcome}. Put it in force again (PUT /fraud/model).")]
    private static partial void NotCarriedOver(ILogger logger, string? version, RuleBookOutcome outcome);
}
