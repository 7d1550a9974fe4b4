namespace Silo.Tests.Commands;

/// <summary>A watcher outlives its server.</summary>
public sealed class RestartTests(SandboxServer server) : IClassFixture<SandboxServer>
{
    [Fact]
    public async Task Watch_comes_back_after_a_restart_without_gap_or_double()
    {
        await using var watch = Executable.Start("watch", "--type", "payment.settled", "--url", server.Url);
        await watch.Line("Connected");
        await Pay("before");
        await watch.Line("before");
        await server.Stop();
        await watch.Line("coming back");
        await server.Start();
        await Pay("after");
        await watch.Line("after");
        watch.Signal(Executable.Interrupt);

        var ended = await watch.End();
        Assert.Equal(0, ended.ExitCode);
        var told = ended.Output.Split('\n').Where(static line => line.Contains("payment.settled", StringComparison.Ordinal)).Select(static line => line.Split(' ')[^1]);
        Assert.Equal(["before", "after"], told);
    }

    private async Task Pay(string remittance) =>
        Assert.Equal(0, (await Executable.Run("pay", "1.00", "sandbox_0001", "sandbox_0002", "--remittance", remittance, "--url", server.Url)).ExitCode);
}
