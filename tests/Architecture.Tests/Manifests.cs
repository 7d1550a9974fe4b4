using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Architecture.Tests;

/// <summary>The documents of <c>deploy/</c> as trees.</summary>
internal static class Manifests
{
    public static string Base { get; } = Path.Combine(Repository.Root, "deploy", "kubernetes", "base");

    public static string Compose { get; } = Path.Combine(Repository.Root, "deploy", "docker-compose.cluster.yml");

    /// <summary>All of the Kustomize base but the list of its files.</summary>
    public static IReadOnlyList<YamlNode> Kubernetes { get; } = [.. Directory.EnumerateFiles(Base, "*.yaml").Where(static file => Path.GetFileName(file) != "kustomization.yaml").SelectMany(Read)];

    public static IEnumerable<YamlNode> OfKind(string kind) => Kubernetes.Where(document => document.Text("kind") == kind);

    public static IReadOnlyList<YamlNode> Read(string file)
    {
        var stream = new YamlStream();
        using var text = new StreamReader(file);
        stream.Load(new MergingParser(new Parser(text)));
        return [.. stream.Documents.Select(static document => document.RootNode)];
    }

    /// <summary>What stands at a path of keys; null where nothing does.</summary>
    public static YamlNode? At(this YamlNode? node, params string[] path) =>
        path.Aggregate(node, static (at, key) => at is YamlMappingNode map && map.Children.TryGetValue(key, out var child) ? child : null);

    public static string? Text(this YamlNode? node, params string[] path) => (node.At(path) as YamlScalarNode)?.Value;

    public static IEnumerable<YamlNode> Items(this YamlNode? node, params string[] path) => (node.At(path) as YamlSequenceNode)?.Children ?? Enumerable.Empty<YamlNode>();

    public static IEnumerable<(string Key, YamlNode Value)> Pairs(this YamlNode? node, params string[] path) =>
        (node.At(path) as YamlMappingNode)?.Children.Select(static pair => (((YamlScalarNode)pair.Key).Value!, pair.Value)) ?? [];

    public static YamlNode Container(this YamlNode deployment) => deployment.Items("spec", "template", "spec", "containers").Single();

    public static string Name(this YamlNode document) => document.Text("metadata", "name")!;
}
