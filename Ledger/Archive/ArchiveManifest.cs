using System.Text.Json;
using System.Text.Json.Serialization;
using Ledger.EventLog;

namespace Ledger.Archive;

/// <summary>What an archive has: its segments, in order, from the first event on without a gap.</summary>
public sealed record ArchiveManifest(int Format, IReadOnlyList<ArchiveSegment> Segments)
{
    public const string FileName = "archive.json";

    private const int KnownFormat = 1;

    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web) { WriteIndented = true, IgnoreReadOnlyProperties = true };

    private static readonly string NoHash = new('0', 2 * LeafHash.Size);

    public static ArchiveManifest Empty { get; } = new(KnownFormat, []);

    /// <summary>The newest event in it; 0 for none.</summary>
    [JsonIgnore]
    public long LastPosition => Segments.Count == 0 ? 0 : Segments[^1].LastPosition;

    /// <summary>The hash of the commit that ends there, in hexadecimal digits.</summary>
    [JsonIgnore]
    public string LastHash => Segments.Count == 0 ? NoHash : Segments[^1].LastHash;

    /// <summary>The manifest of an archive; an empty one where the directory is empty or not there yet.</summary>
    /// <exception cref="InvalidDataException">The directory is no archive, or its manifest is damaged.</exception>
    public static ArchiveManifest ReadOrEmpty(string directory)
    {
        if (File.Exists(Path.Combine(directory, FileName)))
            return Read(directory);
        // A first segment whose manifest was never written is written again.
        return !Directory.Exists(directory) || Directory.EnumerateFileSystemEntries(directory).All(static path => SegmentFile.IsOne(path))
            ? Empty
            : throw new InvalidDataException($"'{directory}' has files, but no '{FileName}': it is no archive.");
    }

    /// <summary>The manifest of an archive.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is damaged.</exception>
    public static ArchiveManifest Read(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
            throw new InvalidDataException($"'{directory}' is no archive: it has no '{FileName}'.");
        try
        {
            var manifest = JsonSerializer.Deserialize<ArchiveManifest>(File.ReadAllBytes(path), Form);
            return manifest is { Format: KnownFormat, Segments: not null } && manifest.IsWhole()
                ? manifest
                : throw new InvalidDataException($"'{path}' is not a manifest that this release knows, or its segments leave a gap.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{path}' is damaged: {exception.Message}", exception);
        }
    }

    internal ArchiveManifest With(ArchiveSegment segment) => this with { Segments = [.. Segments, segment] };

    internal void Write(string directory) =>
        DurableFile.Write(Path.Combine(directory, FileName), stream => JsonSerializer.Serialize(stream, this, Form));

    private bool IsWhole()
    {
        var (position, hash) = (0L, NoHash);
        foreach (var segment in Segments)
        {
            if (segment.FirstPosition != position + 1 || segment.LastPosition <= position || segment.PreviousHash != hash || segment.File != SegmentFile.Name(segment.FirstPosition, segment.LastPosition))
                return false;
            (position, hash) = (segment.LastPosition, segment.LastHash);
        }

        return true;
    }
}
