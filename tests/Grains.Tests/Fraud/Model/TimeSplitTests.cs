using Grains.Fraud.Model.Training;

namespace Grains.Tests.Fraud.Model;

public sealed class TimeSplitTests
{
    private const long Cut = 1_000;
    private const long Delay = 100;

    [Theory]
    // time, label known at → part
    [InlineData(0, 100, "known")]
    [InlineData(900, 1_000, "known")]
    [InlineData(900, 1_001, "waiting")]
    [InlineData(901, 1_001, "waiting")]
    // Known at once, as only fraud is: were it taken, young rows would be all fraud.
    [InlineData(901, 901, "waiting")]
    [InlineData(100, 5_000, "waiting")]
    [InlineData(999, 1_099, "waiting")]
    [InlineData(1_000, 1_100, "unseen")]
    [InlineData(1_500, 1_500, "unseen")]
    public void A_row_trains_once_its_label_is_known_at_the_cut(long time, long labelKnown, string part)
    {
        var table = new TrainingTable(["value"]);
        table.Add([1], true, time, labelKnown);
        var split = TimeSplit.At(table, Cut, Delay);
        Assert.Equal(part == "known" ? [0] : [], split.Known);
        Assert.Equal(part == "waiting" ? [0] : [], split.Waiting);
        Assert.Equal(part == "unseen" ? [0] : [], split.Unseen);
    }

    [Fact]
    public void Parts_are_disjoint_and_in_time_order()
    {
        var table = SyntheticPayments.Table(3_000, 1);
        var split = TimeSplit.ByShare(table, 1.0 / 3, SyntheticPayments.Day);
        Assert.Equal(3_000, split.Known.Length + split.Waiting.Length + split.Unseen.Length);
        Assert.Equal(1_000, split.Unseen.Length);
        Assert.Equal(SyntheticPayments.Day / (10 * SyntheticPayments.Minute) - 1, split.Waiting.Length);
        Assert.True(split.Known.Max() < split.Waiting.Min() && split.Waiting.Max() < split.Unseen.Min());
    }

    [Fact]
    public void Payments_of_the_moment_of_the_cut_are_all_unseen()
    {
        var table = new TrainingTable(["value"]);
        foreach (var time in new long[] { 1, 2, 3, 3, 3, 4 })
            table.Add([time], false, time, time);
        Assert.Equal([2, 3, 4, 5], TimeSplit.ByShare(table, 0.34, 0).Unseen);
    }

    [Fact]
    public void The_manifest_counts_every_row()
    {
        var model = SyntheticPayments.Model(rows: 6_000);
        var rows = model.Manifest.Rows;
        Assert.Equal(6_000, rows.Known + rows.Waiting + rows.Unseen);
        Assert.Equal(rows.Known, rows.Growing + rows.Stopping + rows.Calibrating);
        var times = model.Manifest.Times;
        Assert.True(times.From < times.StoppingFrom && times.StoppingFrom < times.CalibratingFrom && times.CalibratingFrom < times.KnownUntil);
        Assert.True(times.KnownUntil + TimeSpan.FromMilliseconds(model.Manifest.LabelDelayMs) <= times.Cut && times.Cut < times.Until);
    }

    [Fact]
    public void The_hash_is_of_every_value_label_and_time_that_trained()
    {
        static TrainingTable Table(long value, bool isFraud, long time, string column = "value")
        {
            var table = new TrainingTable([column]);
            table.Add([1], false, 0, 0);
            table.Add([value], isFraud, time, time);
            return table;
        }

        var hash = Table(5, true, 9).Hash([0, 1]);
        Assert.Equal(hash, Table(5, true, 9).Hash([0, 1]));
        Assert.Equal(5, new[] { hash, Table(6, true, 9).Hash([0, 1]), Table(5, false, 9).Hash([0, 1]), Table(5, true, 8).Hash([0, 1]), Table(5, true, 9, "other").Hash([0, 1]) }.Distinct().Count());
        Assert.Equal(Table(5, true, 9).Hash([0]), Table(6, true, 9).Hash([0]));
    }

    [Fact]
    public void Too_few_frauds_in_a_part_are_named()
    {
        var table = new TrainingTable(["value"]);
        for (var row = 0; row < 1_000; row++)
            table.Add([row], row < 200 && row % 5 == 0, row, row);
        var refused = Assert.Throws<InvalidDataException>(() => ModelTraining.Train(table, new TrainingRequest { LabelDelay = TimeSpan.Zero }, DateTimeOffset.UnixEpoch));
        Assert.Contains("that say how many trees, 0 are fraud", refused.Message);
    }
}
