namespace Checkout.Tests;

/// <summary>Data that nobody here wrote, beside the repository.</summary>
internal static class Material
{
    /// <summary>A file of it; the test fails where it is not there.</summary>
    public static string Path(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Payments.sln")))
            folder = folder.Parent;
        var path = System.IO.Path.Combine(folder!.Parent!.FullName, "shared", "material", name);
        Assert.True(File.Exists(path), $"{path} is not there: the shape of answers is held to it.");
        return path;
    }
}
