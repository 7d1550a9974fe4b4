using System.Text;
using System.Text.Json.Nodes;
using Grains.Fraud;
using Grains.Fraud.Model;
using Grains.Interfaces.Fraud;

namespace Grains.Tests.Fraud.Model;

public sealed class ModelFileTests
{
    private static readonly TrainedModel Model = SyntheticPayments.Model();

    [Fact]
    public void A_model_comes_back_as_it_was()
    {
        var written = Written(Model);
        var read = ModelFile.Read(new MemoryStream(written));
        Assert.Equal(Model.Trees.Nodes.ToArray(), read.Trees.Nodes.ToArray());
        Assert.Equal(Model.Trees.BiasMicrologits, read.Trees.BiasMicrologits);
        Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(Written(read)));
        var (before, after) = (new LoadedModel(Model, true), new LoadedModel(read, true));
        foreach (var (_, values, _) in SyntheticPayments.Rows(500, 99))
        {
            var features = new FeatureVector { [Feature.Amount] = values[0], [Feature.HourOfDay] = values[1], [Feature.Count24Hours] = values[2], [Feature.SinceLastMs] = values[3] };
            var (left, right) = (before.Score(features), after.Score(features));
            Assert.Equal(before.Explain(features), after.Explain(features));
            Assert.Equal(left with { Contributions = [] }, right with { Contributions = [] });
        }
    }

    [Fact]
    public void The_same_training_gives_the_same_bytes() => Assert.Equal(Written(Model), Written(SyntheticPayments.Model()));

    [Fact]
    public void The_manifest_says_what_the_model_is()
    {
        var manifest = JsonNode.Parse(Written(Model))!["body"]!["manifest"]!;
        Assert.Equal(Model.Manifest.Version, (string?)manifest["version"]);
        Assert.Equal(64, ((string?)manifest["dataHash"])!.Length);
        Assert.Equal(SyntheticPayments.Columns, manifest["features"]!.AsArray().Select(static name => (string)name!));
        Assert.True((double)manifest["metrics"]!["averagePrecision"]! > (double)manifest["metrics"]!["baseRate"]! * 3);
        Assert.Equal($"fraud-model-{Model.Manifest.Version}.json", ModelFile.NameOf(Model.Manifest));
    }

    [Fact]
    public void Every_changed_digit_is_noticed()
    {
        var text = Encoding.UTF8.GetString(Written(Model));
        var random = new Random(5);
        for (var round = 0; round < 60; round++)
        {
            var place = random.Next(text.Length);
            while (!char.IsAsciiDigit(text[place]))
                place = (place + 1) % text.Length;
            var changed = text[..place] + (text[place] == '7' ? '4' : '7') + text[(place + 1)..];
            Assert.Throws<InvalidDataException>(() => Read(changed));
        }
    }

    [Theory]
    [InlineData("", "damaged")]
    [InlineData("not json", "damaged")]
    [InlineData("[]", "no model file")]
    [InlineData("{}", "no model file")]
    [InlineData("{\"format\":2}", "format 2; this release reads 1")]
    [InlineData("{\"format\":1}", "damaged")]
    [InlineData("{\"format\":1,\"sha256\":\"\",\"body\":null}", "damaged")]
    public void What_is_no_model_is_refused_with_the_reason(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => Read(text)).Message);

    [Fact]
    public void A_file_that_was_cut_short_is_refused()
    {
        var text = Encoding.UTF8.GetString(Written(Model));
        Assert.All(new[] { 1, 10, text.Length / 2, text.Length - 2 }, length => Assert.Throws<InvalidDataException>(() => Read(text[..length])));
    }

    [Theory]
    [InlineData("left", 0)]
    [InlineData("left", -5)]
    [InlineData("left", 1_000_000)]
    [InlineData("feature", 4)]
    [InlineData("feature", -2)]
    [InlineData("isMissingLeft", 2)]
    [InlineData("micrologits", 2_000_000_000)]
    public void Trees_that_a_walk_would_not_leave_are_refused_whatever_the_hash(string array, long value)
    {
        var flat = FlatTrees.Of(Model.Trees);
        // The first node is no leaf.
        (array switch { "left" => flat.Left, "feature" => flat.Feature, "isMissingLeft" => flat.IsMissingLeft, _ => flat.Micrologits })[0] = value;
        Assert.Throws<InvalidDataException>(() => flat.Ensemble(SyntheticPayments.Columns.Length, 1_000_000));
    }

    [Fact]
    public void A_feature_that_this_release_does_not_compute_is_named()
    {
        var unknown = Model with { Manifest = Model.Manifest with { Features = ["amount", "hour_of_day", "count24_hours", "shoe_size"] } };
        Assert.Contains("'shoe_size'", Assert.Throws<InvalidDataException>(() => new LoadedModel(unknown, true)).Message);
    }

    private static byte[] Written(TrainedModel model)
    {
        using var stream = new MemoryStream();
        ModelFile.Write(stream, model);
        return stream.ToArray();
    }

    private static TrainedModel Read(string text) => ModelFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)));
}
