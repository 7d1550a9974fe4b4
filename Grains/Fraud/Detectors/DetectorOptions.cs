using Grains.Fraud.Rules;

namespace Grains.Fraud.Detectors;

/// <summary>The detectors of a process.</summary>
public sealed class DetectorOptions
{
    /// <summary>Where the configuration has them: beside <see cref="IsEnabled"/>, a section a detector by its name.</summary>
    public const string Section = "Payments:Fraud:Detectors";

    /// <summary>Every detector that there is.</summary>
    public static IReadOnlyList<DetectorKind> All { get; } = [CardTestingSpreadDetector.Kind, MuleRingDetector.Kind, NewPayeeDetector.Kind, SharedAddressDetector.Kind, SharedDeviceDetector.Kind];

    /// <summary>Whether this process looks for patterns at all. Where several processes share a ledger, one of them is enough.</summary>
    public bool IsEnabled { get; set; } = true;

    /// <summary>What is set of each, by name.</summary>
    public Dictionary<string, DetectorSetting> ByName { get; } = new(StringComparer.Ordinal);

    /// <summary>Those that look.</summary>
    /// <exception cref="ArgumentException">There is no such detector or parameter, or a value is out of its bounds.</exception>
    public IReadOnlyList<ActiveDetector> Active()
    {
        if (ByName.Keys.FirstOrDefault(static name => All.All(kind => kind.Name != name)) is { } unknown)
            throw new ArgumentException($"There is no detector '{unknown}'; those are {string.Join(", ", All.Select(static kind => kind.Name))}.");
        return [.. All.Select(kind => (Kind: kind, Setting: ByName.GetValueOrDefault(kind.Name) ?? new DetectorSetting()))
            .Select(static each => (each.Kind, each.Setting, Values: Values(each.Kind, each.Setting)))
            .Where(static each => each.Setting.IsEnabled)
            .Select(static each => new ActiveDetector(each.Kind.Name, each.Kind.Make(each.Values), each.Setting.Freeze))];
    }

    private static long[] Values(DetectorKind kind, DetectorSetting setting)
    {
        foreach (var (name, value) in setting.Parameters)
        {
            if (kind.Parameters.FirstOrDefault(parameter => parameter.Name == name) is not { } known)
                throw new ArgumentException($"'{name}' is no parameter of {kind.Name}; those are {string.Join(", ", kind.Parameters.Select(static parameter => parameter.Name))}.");
            if (value < known.Min || value > known.Max)
                throw new ArgumentException($"{name} of {kind.Name} must be from {Wording.Number(known.Min)} to {Wording.Number(known.Max)} {known.Unit}.");
        }

        return [.. kind.Parameters.Select(parameter => setting.Parameters.TryGetValue(parameter.Name, out var value) ? value : parameter.Default)];
    }
}

/// <summary>What is set of a detector.</summary>
public sealed class DetectorSetting
{
    public bool IsEnabled { get; set; } = true;

    /// <summary>Whether the accounts that it suspects are frozen; else it alerts alone.</summary>
    public bool Freeze { get; set; }

    /// <summary>By name; what is missing is as delivered.</summary>
    public Dictionary<string, long> Parameters { get; } = new(StringComparer.Ordinal);
}

/// <summary>A detector that looks.</summary>
public sealed record ActiveDetector(string Name, IDetector Detector, bool Freezes);
