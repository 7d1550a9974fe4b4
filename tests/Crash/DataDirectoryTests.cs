using System.Net;
using System.Security.Cryptography;

namespace Crash;

/// <summary>A data directory that cannot be served is reported, in a sentence, with code 1, and left as it is.</summary>
public sealed class DataDirectoryTests
{
    [Fact]
    public async Task It_is_served_by_one_process()
    {
        using var data = new DataDirectory();
        await using var first = await PaymentsProcess.Start(data);
        await using var second = PaymentsProcess.Launch(new ProductOptions { Data = data.Path });
        Assert.Equal(1, await second.Ended());
        Assert.Contains($"in use by process {first.Id}", second.Output, StringComparison.Ordinal);
        using var bank = new BankClient(first.Address);
        Assert.Equal(HttpStatusCode.Created, (await Pay(bank)).Status);
    }

    [Fact]
    public async Task Of_a_newer_release_it_is_refused()
    {
        using var data = await Stopped();
        LedgerFile.Execute(data.Ledger, "INSERT INTO migration (number, name, checksum) VALUES (9999, '9999-of-tomorrow', 'none')");
        await ExpectRefusal(data, "newer release", "9999-of-tomorrow");
    }

    [Fact]
    public async Task With_a_migration_that_is_not_ours_it_is_refused()
    {
        using var data = await Stopped();
        LedgerFile.Execute(data.Ledger, "UPDATE migration SET checksum = 'another' WHERE number = 1");
        await ExpectRefusal(data, "0001-ledger");
    }

    [Theory]
    [InlineData("header")]
    [InlineData("half")]
    [InlineData("empty")]
    [InlineData("text")]
    public async Task Damaged_it_is_reported_and_not_overwritten(string damage)
    {
        using var data = await Stopped();
        using (var file = new FileStream(data.Ledger, FileMode.Open, FileAccess.ReadWrite))
        {
            switch (damage)
            {
                case "header":
                    file.Write(RandomNumberGenerator.GetBytes(100));
                    break;
                case "half":
                    file.SetLength(file.Length / 2);
                    break;
                case "empty":
                    file.SetLength(0);
                    break;
                default:
                    file.SetLength(0);
                    file.Write("This was a ledger once.\n"u8);
                    break;
            }
        }

        await ExpectRefusal(data, "damaged");
    }

    [Fact]
    public async Task Without_its_key_file_it_is_refused()
    {
        using var data = await Stopped();
        File.Delete(data.MasterKey);
        await ExpectRefusal(data, "master.key", "missing");
        Assert.False(File.Exists(data.MasterKey), "A new key file cannot open what the old one sealed.");
    }

    [Fact]
    public async Task With_a_damaged_key_file_it_is_refused()
    {
        using var data = await Stopped();
        await File.WriteAllBytesAsync(data.MasterKey, new byte[31]);
        await ExpectRefusal(data, "master.key", "damaged");
    }

    [Fact]
    public async Task Stopped_it_is_one_file_that_goes_on_where_it_was()
    {
        using var data = await Stopped();
        Assert.DoesNotContain(data.Files, static file => file.EndsWith("-wal", StringComparison.Ordinal));
        await using var product = await PaymentsProcess.Start(data);
        using var bank = new BankClient(product.Address);
        Assert.True((await Pay(bank)).Replayed);
    }

    private static Task<Answer> Pay(BankClient bank) =>
        bank.Post("payments", """{"amount":"1.00","currency":"USD","debtorAccount":"123456789","creditorAccount":"987654321"}""", "first");

    private static async Task<DataDirectory> Stopped()
    {
        var data = new DataDirectory();
        await using var product = await PaymentsProcess.Start(data);
        using var bank = new BankClient(product.Address);
        Assert.Equal(HttpStatusCode.Created, (await Pay(bank)).Status);
        product.Terminate();
        Assert.Equal(0, await product.Ended());
        return data;
    }

    private static async Task ExpectRefusal(DataDirectory data, params string[] words)
    {
        var before = LedgerFile.Hash(data.Ledger);
        await using var product = PaymentsProcess.Launch(new ProductOptions { Data = data.Path });
        var code = await product.Ended();
        Assert.Equal(before, LedgerFile.Hash(data.Ledger));
        Assert.True(code == 1, $"It ended with code {code}:\n{product.Output}");
        Assert.All(words, word => Assert.Contains(word, product.Output, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", product.Output, StringComparison.Ordinal);
    }
}
