using System.Text.Json;
using Gateway.Fraud;
using Grains.Fraud;
using Grains.Fraud.Model;
using Grains.Interfaces.Fraud;

namespace Silo.Embedded;

/// <summary>
/// The fraud models in a directory, where <c>fraud train --out</c> puts them; which one is in force stands in a small file beside them, so
/// that a restart has it, too.
/// </summary>
internal sealed class RiskModels : IRiskModels
{
    public const string DirectorySetting = "Payments:Fraud:ModelDirectory";

    private const string InForce = "in-force.json";
    private const string Prefix = "fraud-model-";
    private const string Suffix = ".json";

    private readonly Lock gate = new();
    private readonly string directory;
    private readonly RiskDesk? desk;
    private volatile ModelInForce? current;
    private volatile LoadedModel? loaded;

    /// <param name="desk">Whose decisions use it; null where risk is not judged.</param>
    /// <exception cref="InvalidDataException">The model that was in force cannot be read any more.</exception>
    public RiskModels(string directory, RiskDesk? desk)
    {
        (this.directory, this.desk) = (directory, desk);
        var chosen = Path.Combine(directory, InForce);
        if (!File.Exists(chosen))
            return;
        var choice = JsonSerializer.Deserialize<Choice>(File.ReadAllBytes(chosen), JsonSerializerOptions.Web) ?? throw new InvalidDataException($"{chosen} names no model.");
        if (!Use(choice.Version, choice.IsPublished))
            throw new InvalidDataException($"The model {choice.Version} was in force, and is not in {directory} any more.");
    }

    public ModelInForce? Current => current;

    public IReadOnlyList<ModelContribution> Explain(string version, IReadOnlyList<long> values)
    {
        var model = loaded;
        if (model?.Version != version)
            model = Lies(version) ? Read(version, isPublished: false) : null;
        return model?.Explain(new FeatureVector([.. values])) ?? [];
    }

    public IReadOnlyList<string> Versions() => !Directory.Exists(directory) ? [] :
        [.. Directory.EnumerateFiles(directory, Prefix + "*" + Suffix).Select(static file => Path.GetFileName(file)[Prefix.Length..^Suffix.Length]).OrderDescending(StringComparer.Ordinal)];

    public bool Load(string version, bool isPublished)
    {
        lock (gate)
        {
            if (!Use(version, isPublished))
                return false;
            var path = Path.Combine(directory, InForce);
            using (var file = new FileStream(path + ".new", FileMode.Create, FileAccess.Write))
            {
                JsonSerializer.Serialize(file, new Choice(version, isPublished), JsonSerializerOptions.Web);
                file.Flush(flushToDisk: true);
            }

            File.Move(path + ".new", path, overwrite: true);
            return true;
        }
    }

    public void Unload()
    {
        lock (gate)
        {
            var chosen = Path.Combine(directory, InForce);
            if (File.Exists(chosen))
                File.Delete(chosen);
            (current, loaded) = (null, null);
            if (desk is not null)
                desk.Model = null;
        }
    }

    // Only a version that is listed: a name is no path.
    private bool Use(string version, bool isPublished)
    {
        if (!Lies(version))
            return false;
        var model = Read(version, isPublished);
        current = new ModelInForce(model.Version, isPublished, JsonSerializer.SerializeToUtf8Bytes(model.Manifest, JsonSerializerOptions.Web));
        loaded = model;
        if (desk is not null)
            desk.Model = model;
        return true;
    }

    private bool Lies(string version) => Versions().Contains(version, StringComparer.Ordinal);

    private LoadedModel Read(string version, bool isPublished) => new(ModelFile.Load(Path.Combine(directory, Prefix + version + Suffix)), isPublished);

    private sealed record Choice(string Version, bool IsPublished);
}
