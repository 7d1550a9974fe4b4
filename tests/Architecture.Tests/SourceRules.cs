using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>What a reader of the source may rely on everywhere.</summary>
public sealed partial class SourceRules
{
    private static readonly string[] NamelessFolders =
        ["Common", "Core", "Shared", "Utils", "Helpers", "Abstractions", "Infrastructure", "Models"];

    private static readonly string[] ExactFolders = ["Ledger/", "Grains/", "Grains.Interfaces/"];

    [Fact]
    public void A_namespace_is_its_folder() => Assert.Empty(Repository.Sources
        .Where(source => source.Namespace is not null && source.Namespace != NamespaceOf(source.Path))
        .Select(source => $"{source.Path} is in {source.Namespace}"));

    [Fact]
    public void No_type_is_named_like_a_part_of_a_namespace()
    {
        var parts = Repository.Sources.Select(source => source.Namespace).OfType<string>().Concat(Repository.Products.Keys)
            .SelectMany(name => name.Split('.', '/')).ToHashSet();
        Assert.Contains("Grains", parts);
        Assert.Contains(Repository.Sources, source => source.Types.Any());
        Assert.Empty(Repository.Sources.SelectMany(source => source.Types.Where(parts.Contains).Select(type => $"{source.Path}: {type}")));
    }

    [Fact]
    public void A_folder_has_a_name_of_the_field() => Assert.All(
        Repository.Folders(),
        folder => Assert.DoesNotContain(folder.Split('/')[^1], NamelessFolders, StringComparer.OrdinalIgnoreCase));

    private static readonly string[] NoMoney = ["Grains/Fraud/Model/Training/", "Grains/Fraud/Features/PlaceMicrodegrees.cs", "Grains/Fraud/Features/WholeRoot.cs"];

    [Fact]
    public void Money_is_never_floating_point() => Assert.Empty(Lines(
        // Instruments measure seconds and ratios, which the metrics interfaces want as doubles; distances and probabilities are no money.
        Repository.Sources.Where(source => !source.Path.EndsWith("Instruments.cs", StringComparison.Ordinal) && !NoMoney.Any(path => source.Path.StartsWith(path, StringComparison.Ordinal)) && ExactFolders.Any(folder => source.Path.StartsWith(folder, StringComparison.Ordinal))),
        FloatingPoint(),
        source => source.Code));

    [Fact]
    public void No_exception_is_swallowed() => Assert.Empty(Lines(Repository.Sources, EmptyCatch(), source => source.Code));

    [Fact]
    public void No_path_of_a_machine_is_built_in() => Assert.Empty(Lines(Repository.Sources, MachinePath(), source => source.Text));

    [Theory]
    [InlineData("double rate = 1;", true, false)]
    [InlineData("// a double entry\nvar s = \"float\"; var c = '\"'; var d = \"double\";", false, false)]
    [InlineData("var s = \"\"\"\n double \" \"\"\"; float f;", true, false)]
    [InlineData("var s = @\"c:\\\"; double d;", true, false)]
    [InlineData("try { } catch (Exception) { /* nothing */ }", false, true)]
    [InlineData("try { } catch when (x(1)) { }", false, true)]
    [InlineData("try { } catch (Exception e) { Log(e); }", false, false)]
    public void The_rules_see_code_and_not_words(string text, bool floatingPoint, bool swallows)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            var code = new SourceFile(file).Code;
            Assert.Equal(floatingPoint, FloatingPoint().IsMatch(code));
            Assert.Equal(swallows, EmptyCatch().IsMatch(code));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The cluster edition's root differs: within <c>Silo.Orleans</c>, <c>Orleans.X</c> would resolve to itself.</summary>
    private static string NamespaceOf(string path)
    {
        var folder = path[..path.LastIndexOf('/')].Replace('/', '.');
        return folder == "Silo.Orleans" || folder.StartsWith("Silo.Orleans.", StringComparison.Ordinal)
            ? "Silo.Cluster" + folder["Silo.Orleans".Length..]
            : folder;
    }

    private static IEnumerable<string> Lines(IEnumerable<SourceFile> sources, Regex rule, Func<SourceFile, string> text) =>
        sources.SelectMany(source => rule.Matches(text(source)).Select(match => $"{source.Path}: {match.Value}"));

    [GeneratedRegex(@"\b(?:double|float|Double|Single|Half)\b(?!\s*\()")]
    private static partial Regex FloatingPoint();

    [GeneratedRegex(@"\bcatch\b[^{};]*\{\s*\}")]
    private static partial Regex EmptyCatch();

    [GeneratedRegex(@"(?<![\w.}])/(?:work|tmp|home|root|Users)/|\b[A-Z]:\\")]
    private static partial Regex MachinePath();
}
