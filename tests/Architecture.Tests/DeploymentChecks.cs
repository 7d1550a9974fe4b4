using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>What deploys and watches the product, checked by the tools of those who read it.</summary>
public sealed partial class DeploymentChecks
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly string Prometheus = Path.Combine(Repository.Root, "deploy", "prometheus");
    private static readonly string Schemas = Path.Combine(Repository.Root, "tests", "Architecture.Tests", "schemas");
    private static readonly Lazy<Task> Installed = new(static async () =>
    {
        if (!Directory.Exists(Path.Combine(Schemas, "node_modules", "kubernetes-models")))
            await Ends("npm", ["ci", "--silent", "--no-audit", "--no-fund"], Schemas);
    });

    private static IReadOnlyDictionary<string, string> Expressions { get; } = Directory.EnumerateFiles(Path.Combine(Repository.Root, "deploy", "grafana"), "*.json").SelectMany(static file =>
    {
        using var json = JsonDocument.Parse(File.ReadAllText(file));
        return json.RootElement.GetProperty("panels").EnumerateArray().Where(static panel => panel.TryGetProperty("targets", out _)).SelectMany(panel => panel.GetProperty("targets").EnumerateArray()
            .Select(target => ($"{Path.GetFileNameWithoutExtension(file)}_{panel.GetProperty("id").GetInt32()}_{target.GetProperty("refId").GetString()}", target.GetProperty("expr").GetString()!))).ToArray();
    }).ToDictionary();

    [Theory]
    [InlineData("kubernetes", "kubernetes/base", "*.yaml")]
    [InlineData("compose", "", "docker-compose*.yml")]
    [InlineData("grafana", "grafana", "*.json")]
    public async Task What_deploys_and_shows_fits_the_schema_of_its_reader(string kind, string folder, string pattern)
    {
        await Installed.Value;
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Root, "deploy", folder), pattern).Where(static file => !file.EndsWith("kustomization.yaml", StringComparison.Ordinal)).Order().ToList();
        Assert.NotEmpty(files);
        await Ends("node", ["validate.mjs", kind, .. files], Schemas);
    }

    [PromtoolFact]
    public async Task Alert_rules_are_rules_and_fire_when_they_should()
    {
        await Ends("promtool", ["check", "rules", "alerts.yml"], Prometheus);
        await Ends("promtool", ["check", "config", "prometheus.yml"], Prometheus);
        await Ends("promtool", ["test", "rules", "alerts.test.yml"], Prometheus);
    }

    [PromtoolFact]
    public async Task Dashboards_ask_in_promql()
    {
        var rules = Path.GetTempFileName();
        try
        {
            // As rules, for that is what the tool reads.
            await File.WriteAllTextAsync(rules, "groups:\n  - name: dashboards\n    rules:\n" + string.Concat(Expressions.Select(static each => $"      - record: {each.Key}\n        expr: {JsonSerializer.Serialize(each.Value)}\n")));
            Assert.NotEmpty(Expressions);
            await Ends("promtool", ["check", "rules", rules], Prometheus);
        }
        finally
        {
            File.Delete(rules);
        }
    }

    [Fact]
    public void Every_alert_has_an_entry_in_the_runbook()
    {
        var manual = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));
        var rules = File.ReadAllText(Path.Combine(Prometheus, "alerts.yml"));
        var alerts = Alerts().Matches(rules).Select(static alert => alert.Groups[1].Value).ToList();
        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert =>
        {
            Assert.Contains($"\n### {alert}\n", manual, StringComparison.Ordinal);
            Assert.Contains($"runbook: docs/operations.md#{alert.ToLowerInvariant()}\n", rules, StringComparison.Ordinal);
        });
    }

    private static async Task Ends(string program, string[] arguments, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var late = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {arguments[0]} did not end within {Patience}.");
        }

        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\n{await output}{await error}");
    }

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alerts();
}

/// <summary>A fact that Prometheus' own tool tells.</summary>
public sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).All(static folder => !File.Exists(Path.Combine(folder, "promtool"))))
            Skip = "promtool is not installed (Debian: prometheus).";
    }
}
