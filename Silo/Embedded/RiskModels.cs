using System.Text.Json;
using Gateway.Fraud;
using Grains.Fraud;
using Grains.Fraud.Model;
using Grains.Interfaces.Fraud;

namespace Silo.Embedded;

/// <summary>
/// The fraud models in a directory, where <c>fraud train</c> puts them; which one is in force, and what somebody asked for, stands in
/// small files beside them, so that a restart has it, too.
/// </summary>
internal sealed class RiskModels : IRiskModels
{
    public const string DirectorySetting = "Payments:Fraud:ModelDirectory";

    /// <summary>In the data directory, where no setting says otherwise.</summary>
    public const string DirectoryName = "models";

    private const string InForce = "in-force.json";
    private const string AskedFor = "asked-for.json";
    private const string Prefix = "fraud-model-";
    private const string Suffix = ".json";

    private readonly Lock gate = new();
    private readonly string directory;
    private readonly RiskDesk? desk;
    private readonly TimeProvider clock;
    private volatile ModelShown? current;
    private volatile ModelAsked? asked;
    private volatile LoadedModel? loaded;
    private volatile LoadedModel? explained;

    /// <param name="desk">Whose decisions use it; null where risk is not judged.</param>
    /// <param name="clock">The product's time.</param>
    /// <exception cref="InvalidDataException">The model that was in force cannot be read any more.</exception>
    public RiskModels(string directory, RiskDesk? desk, TimeProvider clock)
    {
        (this.directory, this.desk, this.clock) = (directory, desk, clock);
        asked = Read<ModelAsked>(AskedFor);
        if (Read<Choice>(InForce) is { } choice && !Use(choice))
            throw new InvalidDataException($"The model {choice.Version} was in force, and is not in {directory} any more.");
    }

    public ModelShown? Current => current is { } shown ? shown with { Asked = AskedOf(shown.Version) } : null;

    public IReadOnlyList<ModelContribution> Explain(string version, IReadOnlyList<long> values)
    {
        var model = loaded?.Version == version ? loaded : explained?.Version == version ? explained : null;
        try
        {
            if (model is null && Has(version))
                explained = model = new LoadedModel(ModelFile.Load(PathOf(version)), isPublished: false);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            // The decision stands as it was recorded; only what moved its model cannot be told any more.
            return [];
        }

        return model?.Explain(new FeatureVector([.. values])) ?? [];
    }

    public IReadOnlyList<ModelListed> List()
    {
        var inForce = current;
        return [.. Versions().Select(version => new ModelListed(version, inForce?.Version == version ? inForce.IsPublished : null, AskedOf(version)))];
    }

    private string[] Versions() => !Directory.Exists(directory) ? [] :
        [.. Directory.EnumerateFiles(directory, Prefix + "*" + Suffix).Select(static file => Path.GetFileName(file)[Prefix.Length..^Suffix.Length]).OrderDescending(StringComparer.Ordinal)];

    public ModelShown? Find(string version)
    {
        if (current is { } shown && shown.Version == version)
            return Current;
        return Has(version) ? new ModelShown(version, ManifestOf(ModelFile.Load(PathOf(version)))) { Asked = AskedOf(version) } : null;
    }

    public ModelChange Choose(ModelChoice choice, string by)
    {
        lock (gate)
        {
            if (choice.Version is { } version && !Has(version))
                return new ModelChange(ModelOutcome.Unknown);
            var isNews = choice.Version != current?.Version || choice.IsPublished != (current?.IsPublished ?? false);
            if (isNews && NeedsTwo(choice))
            {
                if (asked?.Choice != choice)
                    return Ask(choice, by);
                if (asked.By == by)
                    return new ModelChange(ModelOutcome.FourEyes, by);
            }

            if (isNews)
                Change(choice, by);
            if (asked is not null)
                File.Delete(Path.Combine(directory, AskedFor));
            asked = null;
            return new ModelChange(ModelOutcome.InForce);
        }
    }

    // What begins or ends to act on payments.
    private bool NeedsTwo(ModelChoice choice) => desk is { Options.FourEyes: true } && (choice is { Version: not null, IsPublished: true } || current is { IsPublished: true });

    private ModelChange Ask(ModelChoice choice, string by)
    {
        // Nobody asks for what cannot be read.
        if (choice.Version is { } version)
            _ = new LoadedModel(ModelFile.Load(PathOf(version)), choice.IsPublished);
        var word = new ModelAsked(choice, by, clock.GetUtcNow());
        Write(AskedFor, word);
        asked = word;
        return new ModelChange(ModelOutcome.Asked);
    }

    private void Change(ModelChoice choice, string by)
    {
        if (choice.Version is { } version)
        {
            var next = new Choice(version, choice.IsPublished, by, clock.GetUtcNow());
            var trained = ModelFile.Load(PathOf(version));
            var model = new LoadedModel(trained, next.IsPublished);
            // Kept first: what acts and is forgotten at the next start would be worse than a choice that has to be made again.
            Write(InForce, next);
            Use(next, trained, model);
            return;
        }

        File.Delete(Path.Combine(directory, InForce));
        (current, loaded) = (null, null);
        if (desk is not null)
            desk.Model = null;
    }

    private bool Use(Choice choice)
    {
        if (!Has(choice.Version))
            return false;
        var trained = ModelFile.Load(PathOf(choice.Version));
        Use(choice, trained, new LoadedModel(trained, choice.IsPublished));
        return true;
    }

    private void Use(Choice choice, TrainedModel trained, LoadedModel model)
    {
        current = new ModelShown(model.Version, ManifestOf(trained), choice.IsPublished, choice.By, choice.At);
        loaded = model;
        if (desk is not null)
            desk.Model = model;
    }

    // To take away what is in force is about what is in force.
    private ModelAsked? AskedOf(string version) => asked is { } word && (word.Choice.Version ?? current?.Version) == version ? word : null;

    // Only a version that is listed: a name is no path.
    private bool Has(string version) => Versions().Contains(version, StringComparer.Ordinal);

    private string PathOf(string version) => Path.Combine(directory, Prefix + version + Suffix);

    private T? Read<T>(string name)
        where T : class
    {
        var path = Path.Combine(directory, name);
        return File.Exists(path) ? JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), JsonSerializerOptions.Web) ?? throw new InvalidDataException($"{path} says nothing.") : null;
    }

    // There whole or not at all.
    private void Write<T>(string name, T value)
    {
        var path = Path.Combine(directory, name);
        using (var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, value, JsonSerializerOptions.Web);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    private static byte[] ManifestOf(TrainedModel model) => JsonSerializer.SerializeToUtf8Bytes(model.Manifest, JsonSerializerOptions.Web);

    private sealed record Choice(string Version, bool IsPublished, string? By = null, DateTimeOffset? At = null);
}
