using System.Diagnostics;

namespace Grains.Tests.Fraud.Model;

/// <summary>A test on payments that nobody here made; it lies beside the repository, and where it does not the test is skipped.</summary>
internal sealed class MaterialFactAttribute : FactAttribute
{
    public const string Python = "/usr/bin/python3";

    private static readonly Lazy<bool> HasScikitLearn = new(FindScikitLearn);

    /// <param name="needsScikitLearn">Whether Debian's python3-sklearn is needed too.</param>
    public MaterialFactAttribute(bool needsScikitLearn = false)
    {
        if (!File.Exists(Path))
            Skip = "The simulated card payments are not beside the repository: ../shared/material/fraud/card-payments-2025q1.csv.gz";
        else if (needsScikitLearn && !HasScikitLearn.Value)
            Skip = $"{Python} has no scikit-learn (Debian: apt-get install python3-sklearn).";
    }

    public static string Path { get; } = System.IO.Path.Combine(Beside(), "shared", "material", "fraud", "card-payments-2025q1.csv.gz");

    private static string Beside()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Payments.sln")))
            folder = folder.Parent;
        return folder?.Parent?.FullName ?? throw new InvalidOperationException("Payments.sln was not found above the tests.");
    }

    private static bool FindScikitLearn()
    {
        if (!File.Exists(Python))
            return false;
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import sklearn"]) { RedirectStandardError = true });
        process!.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
