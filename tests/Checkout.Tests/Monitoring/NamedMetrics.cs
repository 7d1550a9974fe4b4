using System.Text.Json;
using System.Text.RegularExpressions;

namespace Checkout.Tests.Monitoring;

/// <summary>The metrics that dashboards and alert rules name.</summary>
internal static partial class NamedMetrics
{
    /// <summary>What Prometheus itself has.</summary>
    private static readonly string[] OfPrometheus = ["up", "ALERTS"];

    private static readonly string[] Words = ["by", "without", "and", "or", "unless", "offset", "on", "ignoring", "group_left", "group_right", "bool", "inf", "nan"];

    public static IReadOnlyDictionary<string, string> Dashboards { get; } = Directory.EnumerateFiles(Folder("grafana"), "*.json").ToDictionary(static path => Path.GetFileName(path), File.ReadAllText);

    private static string Rules { get; } = File.ReadAllText(Path.Combine(Folder("prometheus"), "alerts.yml"));

    /// <summary>What rules record, and dashboards may name like a metric.</summary>
    private static IReadOnlySet<string> Recorded { get; } = RecordLine().Matches(Rules).Select(static record => record.Groups[1].Value).ToHashSet();

    /// <summary>Each metric that a product must have, with who names it.</summary>
    public static IReadOnlyList<(string Metric, string By)> All { get; } =
    [
        .. Dashboards.SelectMany(static dashboard => Expressions(dashboard.Value).Select(expression => (expression, dashboard.Key)))
            .Concat(ExprLine().Matches(Rules).Select(static expr => (expr.Groups[1].Value, "alerts.yml")))
            .SelectMany(static each => Of(each.Item1).Select(metric => (metric, each.Item2))).Distinct()
            .Where(static each => !Recorded.Contains(each.metric) && !OfPrometheus.Contains(each.metric)),
    ];

    /// <summary>The metrics of a PromQL expression: its names that are no function, no word, no label and no string.</summary>
    public static IEnumerable<string> Of(string expression)
    {
        var bare = Grouping().Replace(Range().Replace(Matchers().Replace(Literal().Replace(expression, ""), ""), ""), "");
        return Name().Matches(bare).Select(static name => name.Value).Where(static name => !Words.Contains(name)).Distinct();
    }

    private static IEnumerable<string> Expressions(string dashboard)
    {
        using var json = JsonDocument.Parse(dashboard);
        return [.. json.RootElement.GetProperty("panels").EnumerateArray().Where(static panel => panel.TryGetProperty("targets", out _))
            .SelectMany(static panel => panel.GetProperty("targets").EnumerateArray()).Select(static target => target.GetProperty("expr").GetString()!)];
    }

    private static string Folder(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Payments.sln")))
            folder = folder.Parent;
        return Path.Combine(folder!.FullName, "deploy", name);
    }

    [GeneratedRegex("""^\s*(?:- )?record: (\S+)$""", RegexOptions.Multiline)]
    private static partial Regex RecordLine();

    [GeneratedRegex("""^\s*expr: (.+)$""", RegexOptions.Multiline)]
    private static partial Regex ExprLine();

    [GeneratedRegex("\"[^\"]*\"|'[^']*'")]
    private static partial Regex Literal();

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Matchers();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Range();

    [GeneratedRegex(@"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"(?<![\w:.])[a-zA-Z_:][\w:]*\b(?!\s*\()")]
    private static partial Regex Name();
}
