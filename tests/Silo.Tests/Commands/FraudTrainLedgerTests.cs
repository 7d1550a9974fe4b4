using System.Net.Http.Json;
using System.Text.Json;
using Grains.Fraud.Backtest;
using Grains.Fraud.Model.Training;
using Ledger.Documents;
using Ledger.Sealing;
using Silo.Embedded.Commands;

namespace Silo.Tests.Commands;

/// <summary>The model of a ledger's own history, end to end: payments and cases over HTTP, training beside the server, and decisions by what came of it.</summary>
public sealed class FraudTrainLedgerTests(SandboxServer server) : IClassFixture<SandboxServer>, IDisposable
{
    private const int DelayDays = 3;

    // The last round is now; those of the last three days are too young.
    private const int MatureRounds = LabelledLedger.Rounds - (2 * DelayDays);
    private const int Shuffles = 20;

    private readonly string folder = Directory.CreateTempSubdirectory("payments-train-ledger-").FullName;

    [Fact]
    public async Task Labelled_payments_train_a_model_that_decides()
    {
        await TooFewLabelsAreRefused();
        using var ledger = new LabelledLedger(server.Url);
        await ledger.Open();
        // Two returns, of which one is for fraud; a case that is declined without a word, and one that runs out.
        await ledger.Return(await ledger.PayAtHome(0, 10m), "FR01");
        await ledger.Return(await ledger.PayAtHome(1, 10m), "CUST");
        var declined = (await ledger.PayAway(2, 10m)).GetProperty("id").GetString()!;
        await ledger.Act(await ledger.CaseOf(declined), "decline", """{"version":1}""");
        await ledger.PayAway(3, 10m);
        await ledger.PayAndLabel();

        var first = await Train("a");
        var (manifest, labels) = (first.GetProperty("manifest"), first.GetProperty("manifest").GetProperty("labels"));
        Assert.Equal(LabelledLedger.FraudsARound * MatureRounds, labels.GetProperty("fraudByCase").GetInt32());
        Assert.Equal(1, labels.GetProperty("fraudByReturn").GetInt32());
        Assert.Equal(LabelledLedger.FalseAlarmsARound * MatureRounds, labels.GetProperty("goodByCase").GetInt32());
        Assert.Equal((LabelledLedger.PaidARound * MatureRounds) + 3, labels.GetProperty("goodBySilence").GetInt32());
        Assert.Equal((LabelledLedger.PaymentsARound * 2 * DelayDays, 2), (labels.GetProperty("young").GetInt32(), labels.GetProperty("unknown").GetInt32()));
        var metrics = manifest.GetProperty("metrics");
        Assert.True(metrics.GetProperty("averagePrecision").GetDouble() > 0.95, metrics.GetRawText());

        await TheSameDataAndSeedGiveTheSameFile(first);
        await WhatIsSaidOfYoungPaymentsChangesNothing(ledger, manifest);
        await ShuffledLabelsAreWorthNothing();
        await ItIsPutInForceAndDecides(ledger, manifest.GetProperty("version").GetString()!);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task TooFewLabelsAreRefused()
    {
        var few = await Executable.Run("fraud", "train", "--data", server.Data, "--out", folder, "--json");
        Assert.Equal(1, few.ExitCode);
        var why = few.Json.GetProperty("error").GetString();
        Assert.Contains("too few labels", why, StringComparison.Ordinal);
        Assert.Contains("0 are known before the cut, where at least 30 are needed, and 0 come after it, where at least 10 are", why, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder));
    }

    private async Task<JsonElement> Train(string into, params string[] more)
    {
        var ended = await Executable.Run(["fraud", "train", "--data", server.Data, "--label-delay", $"{DelayDays}d", "--out", Path.Combine(folder, into), "--json", .. more]);
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Error);
        return ended.Json;
    }

    private async Task TheSameDataAndSeedGiveTheSameFile(JsonElement first)
    {
        var file = first.GetProperty("file").GetString()!;
        var again = (await Train("b")).GetProperty("file").GetString()!;
        Assert.Equal(Path.GetFileName(file), Path.GetFileName(again));
        Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(again));
        Assert.NotEqual(Path.GetFileName(file), Path.GetFileName((await Train("b", "--seed", "2")).GetProperty("file").GetString()!));
    }

    private async Task WhatIsSaidOfYoungPaymentsChangesNothing(LabelledLedger ledger, JsonElement before)
    {
        foreach (var cases in ledger.Cases[MatureRounds..])
        {
            foreach (var (place, (id, _)) in cases.Index())
                await ledger.Act(id, "label", $$"""{"version":2,"label":"{{(place < LabelledLedger.FraudsARound ? "false_positive" : "confirmed_fraud")}}"}""");
        }

        var after = (await Train("c")).GetProperty("manifest");
        Assert.Equal(before.GetProperty("dataHash").GetString(), after.GetProperty("dataHash").GetString());
        Assert.Equal(before.GetProperty("metrics").GetRawText(), after.GetProperty("metrics").GetRawText());
        // Of an older one it counts, from when it was said: after the cut, so that it was not known there.
        var (old, _) = ledger.Cases[0][0];
        await ledger.Act(old, "label", """{"version":2,"label":"false_positive"}""");
        var told = (await Train("d")).GetProperty("manifest");
        Assert.Equal(before.GetProperty("rows").GetProperty("knownFrauds").GetInt32() - 1, told.GetProperty("rows").GetProperty("knownFrauds").GetInt32());
        // As of before, it was not said.
        var then = (await Train("e", "--at", before.GetProperty("created").GetString()!)).GetProperty("manifest");
        Assert.Equal(before.GetRawText(), then.GetRawText());
    }

    private async Task ShuffledLabelsAreWorthNothing()
    {
        using var log = DocumentLog.OfFile(DataDirectory.LedgerFile(server.Data));
        using var key = MasterKey.Load(server.Data, mayCreate: false);
        var history = await new LedgerHistory([new StoredDecisionLog(log)], key).Read(new LedgerHistoryRequest { LabelDelay = TimeSpan.FromDays(DelayDays) });
        var table = history.Table;
        var labels = Enumerable.Range(0, table.Rows).Select(table.IsFraud).ToArray();
        var sum = 0.0;
        var baseRate = 0.0;
        for (var seed = 0; seed < Shuffles; seed++)
        {
            new Random(seed).Shuffle(labels);
            var shuffled = new TrainingTable(table.Columns);
            for (var row = 0; row < table.Rows; row++)
                shuffled.Add(table.Row(row), labels[row], table.TimeMs(row), table.LabelKnownMs(row));
            var request = new TrainingRequest { LabelDelay = TimeSpan.FromDays(DelayDays), StoppingShare = 0.3, CalibrationShare = 0.3, Boosting = new BoostingParameters { Rounds = 40 } };
            var metrics = ModelTraining.Train(shuffled, request, history.At).Manifest.Metrics;
            (sum, baseRate) = (sum + metrics.AveragePrecision, baseRate + metrics.BaseRate);
        }

        // One shuffle in a thousand may be far off; twenty on average are not.
        Assert.InRange(sum / baseRate, 0.8, 1.3);
    }

    private async Task ItIsPutInForceAndDecides(LabelledLedger ledger, string version)
    {
        var ended = await Executable.Run("fraud", "train", "--data", server.Data, "--label-delay", $"{DelayDays}d");
        Assert.True(ended.ExitCode == 0, ended.Error);
        Assert.Contains("good by", ended.Output, StringComparison.Ordinal);
        // Where the server looks.
        var ready = (await ledger.Get("/fraud/models")).GetProperty("data")[0].GetProperty("version").GetString()!;
        Assert.NotEqual(version, ready);
        using var put = await ledger.Administrator.PutAsJsonAsync("/fraud/model", new { version = ready, mode = "live" });
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync());
        await ledger.Advance(TimeSpan.FromDays(1));
        var (risky, harmless) = (await Probability(ledger, 1, 900m), await Probability(ledger, 2, 20m));
        Assert.Equal((ready, ready), (risky.Version, harmless.Version));
        Assert.True(risky.Probability > 0.5m && harmless.Probability < 0.2m, $"{risky} {harmless}");
    }

    private static async Task<(string Version, decimal Probability)> Probability(LabelledLedger ledger, int payer, decimal amount)
    {
        var payment = await ledger.PayAway(payer, amount);
        var model = (await ledger.Decision(payment.GetProperty("id").GetString()!)).GetProperty("model");
        return (model.GetProperty("version").GetString()!, model.GetProperty("probability").GetDecimal());
    }
}
