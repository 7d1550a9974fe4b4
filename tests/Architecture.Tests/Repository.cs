using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Architecture.Tests;

/// <summary>The repository as it lies on disk.</summary>
internal static class Repository
{
    private static readonly string[] NotSource = ["bin", "obj", "node_modules"];

    public static string Root { get; } = FindRoot();

    /// <summary>Projects that are shipped, by their folder.</summary>
    public static IReadOnlyDictionary<string, ProjectFile> Products { get; } = Files("csproj")
        .Where(IsProduct).Select(path => new ProjectFile(path)).ToDictionary(project => project.Folder);

    public static IReadOnlyList<SourceFile> Sources { get; } = [.. Files("cs").Where(IsProduct).Select(path => new SourceFile(path))];

    /// <summary>Every folder below the root, relative to it, but for build output and hidden ones.</summary>
    public static IEnumerable<string> Folders() => Below(Root).Select(Relative);

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static bool IsProduct(string path) => !Relative(path).StartsWith("tests/", StringComparison.Ordinal);

    private static IEnumerable<string> Files(string extension) =>
        Below(Root).Prepend(Root).SelectMany(folder => Directory.EnumerateFiles(folder, $"*.{extension}"));

    private static IEnumerable<string> Below(string folder) => Directory.EnumerateDirectories(folder)
        .Where(child => !NotSource.Contains(Path.GetFileName(child)) && !Path.GetFileName(child).StartsWith('.'))
        .SelectMany(child => Below(child).Prepend(child));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Payments.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("No Payments.sln above the test's folder.");
    }
}

internal sealed class ProjectFile(string path)
{
    private readonly XDocument document = XDocument.Load(path);

    public string Folder { get; } = Repository.Relative(Path.GetDirectoryName(path)!);

    /// <summary>The folders of the projects that it references.</summary>
    public IEnumerable<string> References => Included("ProjectReference")
        .Select(include => Repository.Relative(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, Path.GetDirectoryName(include)!))));

    public IEnumerable<string> Packages => Included("PackageReference");

    private IEnumerable<string> Included(string item) =>
        document.Descendants(item).Select(element => element.Attribute("Include")?.Value.Replace('\\', '/')).OfType<string>();
}

internal sealed partial class SourceFile(string path)
{
    public string Path { get; } = Repository.Relative(path);

    public string Text { get; } = File.ReadAllText(path);

    /// <summary>Without comments and the contents of literals.</summary>
    public string Code => CommentOrLiteral().Replace(Text, match => match.Value.StartsWith('/') ? " " : "\"\"");

    public string? Namespace => NamespaceLine().Match(Text) is { Success: true } match ? match.Groups[1].Value : null;

    public IEnumerable<string> Types => TypeDeclaration().Matches(Code).Select(match => match.Groups[1].Value);

    [GeneratedRegex("""
        //[^\n]* | /\*.*?\*/ | \$*(?<raw>"{3,}).*?\k<raw> | \$?@\$?"(?:[^"]|"")*" | \$?"(?:\\.|[^"\\\n])*" | '(?:\\.[^'\n]*|[^'\\\n])'
        """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex CommentOrLiteral();

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"\b(?:class|struct|interface|enum|record(?:\s+(?:class|struct))?)\s+(?!class\b|struct\b)([A-Z]\w*)")]
    private static partial Regex TypeDeclaration();
}
