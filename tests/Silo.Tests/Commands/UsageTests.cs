using System.Text.RegularExpressions;

namespace Silo.Tests.Commands;

/// <summary>What every command keeps to, whatever it does.</summary>
public sealed partial class UsageTests
{
    private const char Escape = '\u001b';

    /// <summary>What .NET sends to any terminal before the first line: the keypad's mode, no colour.</summary>
    private const string Opening = "\u001b[?1h\u001b=";

    [Fact]
    public async Task Every_command_has_help_with_an_example()
    {
        var seen = new List<string>();
        await Visit([], seen);
        Assert.Superset(new HashSet<string> { "pay", "journey", "watch", "traffic", "audit", "audit verify", "backup", "restore", "doctor", "keys", "keys list", "keys create", "keys revoke", "fraud", "fraud train" }, seen.ToHashSet());
    }

    [Fact]
    public async Task The_help_names_the_commands_that_have_an_executable_of_their_own()
    {
        var help = await Executable.Run("--help");
        Assert.Matches("(?m)^  bench .*--quick", help.Output);
        Assert.Matches("(?m)^  simulate .*--seed", help.Output);
    }

    [Theory]
    [InlineData("--bogus")]
    [InlineData("nonsense")]
    [InlineData("pay")]
    [InlineData("pay", "1.00", "a", "b", "--bogus")]
    [InlineData("pay", "1.00", "a", "b", "--url", "nowhere")]
    [InlineData("traffic", "--rate", "0")]
    [InlineData("traffic", "--rate", "many")]
    [InlineData("watch", "--count", "0")]
    [InlineData("keys")]
    [InlineData("backup")]
    [InlineData("restore")]
    [InlineData("keys", "create", "--role", "king", "--tenant", "t")]
    [InlineData("keys", "create", "--role", "bank")]
    public async Task Wrong_usage_exits_2_and_names_the_help(params string[] arguments)
    {
        var ended = await Executable.Run(arguments);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("--help", ended.Error + ended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pay", "1.00", "123456789", "987654321")]
    [InlineData("journey", "pay_1")]
    [InlineData("watch")]
    [InlineData("traffic")]
    public async Task Where_nothing_listens_a_command_says_so(params string[] arguments)
    {
        var url = $"http://127.0.0.1:{SandboxServer.FreePort()}";
        var ended = await Executable.Run([.. arguments, "--url", url]);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains($"Nothing listens at {url}", ended.Error, StringComparison.Ordinal);

        var json = await Executable.Run([.. arguments, "--url", url, "--json"]);
        Assert.Equal(1, json.ExitCode);
        Assert.Contains(url, json.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Colours_are_for_terminals_that_want_them()
    {
        var data = Path.Combine(Path.GetTempPath(), $"payments-nothing-{Guid.NewGuid():N}");
        string[] arguments = ["doctor", "--data", data, "--urls", $"http://127.0.0.1:{SandboxServer.FreePort()}"];
        var none = new Dictionary<string, string?>();

        Assert.Contains(Escape, (await Executable.RunOnTerminal(none, arguments)).Output);
        Assert.DoesNotContain(Escape, (await Executable.Run(arguments)).Output);
        Assert.DoesNotContain(Escape, (await Executable.RunOnTerminal(new Dictionary<string, string?> { ["NO_COLOR"] = "1" }, arguments)).Output.Replace(Opening, "", StringComparison.Ordinal));
        Assert.DoesNotContain(Escape, (await Executable.RunOnTerminal(none, [.. arguments, "--json"])).Output.Replace(Opening, "", StringComparison.Ordinal));
        Assert.False(Directory.Exists(data));
    }

    private static async Task Visit(string[] path, List<string> seen)
    {
        var help = await Executable.Run([.. path, "--help"]);
        Assert.Equal(0, help.ExitCode);
        Assert.Matches($@"Examples?:\n  {Regex.Escape(string.Join(' ', ["./run", .. path]))}", help.Output);
        seen.Add(string.Join(' ', path));
        if (help.Output.IndexOf("Commands:\n", StringComparison.Ordinal) is var start and > 0)
            foreach (Match command in CommandName().Matches(help.Output[(start + "Commands:\n".Length)..].Split("\n\n")[0]))
                await Visit([.. path, command.Groups[1].Value], seen);
    }

    [GeneratedRegex(@"(?m)^  ([a-z]+)")]
    private static partial Regex CommandName();
}
