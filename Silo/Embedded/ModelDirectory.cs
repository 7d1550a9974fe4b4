using System.Text.Json;
using Grains.Interfaces.Fraud;

namespace Silo.Embedded;

/// <summary>
/// Where <c>fraud train</c> puts models on this machine. One that is chosen goes to the ledger's shelf; what lies here is only on offer.
/// </summary>
/// <param name="path">Need not exist.</param>
internal sealed class ModelDirectory(string path)
{
    public const string Setting = "Payments:Fraud:ModelDirectory";

    /// <summary>In the data directory, where no setting says otherwise.</summary>
    public const string Name = "models";

    private const string Prefix = "fraud-model-";
    private const string Suffix = ".json";

    /// <summary>Where releases kept which model is in force, before that stood in the ledger.</summary>
    private const string Before = "in-force.json";

    public IEnumerable<string> Versions() => !Directory.Exists(path) ? [] :
        Directory.EnumerateFiles(path, Prefix + "*" + Suffix).Select(static file => Path.GetFileName(file)[Prefix.Length..^Suffix.Length]);

    /// <summary>The file of a version; null where there is none.</summary>
    // Only a version that is listed: a name is no path.
    public byte[]? Find(string version) => Versions().Contains(version, StringComparer.Ordinal) ? File.ReadAllBytes(Path.Combine(path, Prefix + version + Suffix)) : null;

    /// <summary>What a release before this one had in force here, and who put it there; null for nothing.</summary>
    /// <exception cref="InvalidDataException">The file says nothing.</exception>
    public (ModelChoice Choice, string? By)? InForceBefore()
    {
        var file = Path.Combine(path, Before);
        if (!File.Exists(file))
            return null;
        var kept = JsonSerializer.Deserialize<Kept>(File.ReadAllBytes(file), JsonSerializerOptions.Web) ?? throw new InvalidDataException($"{file} says nothing.");
        return (new ModelChoice(kept.Version, kept.IsPublished), kept.By);
    }

    private sealed record Kept(string Version, bool IsPublished, string? By = null);
}
