namespace Ledger.Tests;

public sealed class DataDirectoryLockTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void A_second_holder_is_refused_and_told_who_holds_it()
    {
        using (DataDirectoryLock.Take(directory.Path))
        {
            var refused = Assert.Throws<DataDirectoryInUseException>(() => DataDirectoryLock.Take(directory.Path));
            Assert.Equal($"The data directory '{directory.Path}' is in use by process {Environment.ProcessId}. Stop it, or give another one with --data.", refused.Message);
        }

        DataDirectoryLock.Take(directory.Path).Dispose();
    }

    [Fact]
    public void Another_process_that_holds_it_keeps_us_out()
    {
        var path = directory.File(DataDirectoryLock.FileName);
        using var other = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("flock", $"--exclusive {path} cat") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        other.StandardInput.WriteLine("held");
        Assert.Equal("held", other.StandardOutput.ReadLine());
        Assert.Throws<DataDirectoryInUseException>(() => DataDirectoryLock.Take(directory.Path));
        other.Kill();
        other.WaitForExit();
    }
}
