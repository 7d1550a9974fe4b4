using System.Reflection;
using System.Text.Json;

namespace Cluster.Tests.Recorded;

/// <summary>What a release wrote: the messages and names of its contracts, kept as they were.</summary>
internal sealed record RecordedRelease(string Name, IReadOnlyList<string> Names, IReadOnlyList<Payload> Payloads)
{
    private const string NamesFile = "names.txt";
    private const string PayloadsFile = "payloads.jsonl";

    private static readonly string Root = Path.GetFullPath(typeof(RecordedRelease).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static data => data.Key == "Recorded").Value!);

    public static IEnumerable<string> All => Directory.EnumerateDirectories(Root).Select(static path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);

    public static RecordedRelease Read(string name) => new(
        name,
        File.ReadAllLines(Path.Combine(Root, name, NamesFile)),
        [.. File.ReadLines(Path.Combine(Root, name, PayloadsFile)).Select(static line => JsonSerializer.Deserialize<Payload>(line)!)]);

    /// <summary>What this build writes.</summary>
    public static RecordedRelease OfToday(string name)
    {
        using var writer = new MessageWriter();
        return new RecordedRelease(name, ContractNames.Of(writer), [.. ContractMessages.All().Select(one => new Payload(one.Name, MessageWriter.Said(one.Message), writer.Write(one.Message)))]);
    }

    /// <summary>Keeps it, for later releases. What is kept under its name already is replaced.</summary>
    public void Keep()
    {
        var directory = Directory.CreateDirectory(Path.Combine(Root, Name)).FullName;
        File.WriteAllLines(Path.Combine(directory, NamesFile), Names);
        File.WriteAllLines(Path.Combine(directory, PayloadsFile), Payloads.Select(static payload => JsonSerializer.Serialize(payload)));
    }
}
