namespace Architecture.Tests;

/// <summary>Data flows one way: gateway → grain contracts → grains → ledger → event log. A project sees only what lies below it.</summary>
public sealed class ReferenceDirection
{
    /// <summary>What each project may reference, by folder.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Grains.Interfaces"] = [],
        ["Ledger"] = ["Grains.Interfaces"],
        ["Grains"] = ["Grains.Interfaces", "Ledger"],
        ["Gateway"] = ["Grains.Interfaces", "Ledger"],
        ["Silo/Embedded"] = ["Grains", "Gateway"],
        ["Silo/Orleans"] = ["Grains", "Gateway", "Silo/Embedded"],
    };

    /// <summary>Packages of the cluster edition; everything else must restore without them.</summary>
    private static readonly string[] ClusterPackages = ["Microsoft.Orleans", "Azure.Messaging.EventHubs", "Stripe.net"];

    [Fact]
    public void A_project_references_only_what_lies_below_it()
    {
        Assert.Superset(
            new HashSet<string> { "Grains.Interfaces", "Ledger", "Grains", "Gateway", "Silo/Embedded" },
            Repository.Products.Keys.ToHashSet());
        var wrong = Repository.Products.Values.SelectMany(project => project.References
            .Except(Allowed.GetValueOrDefault(project.Folder, []))
            .Select(reference => $"{project.Folder} references {reference}"));
        Assert.Empty(wrong);
        Assert.Empty(Repository.Products.Keys.Except(Allowed.Keys).Select(folder => $"{folder} is not in the design"));
    }

    [Fact]
    public void The_grain_contracts_need_nothing_but_the_base_library() =>
        Assert.Empty(Repository.Products["Grains.Interfaces"].Packages);

    [Fact]
    public void The_solution_of_everything_else_has_no_project_of_the_cluster_edition()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "Payments.sln"));
        Assert.DoesNotContain("Silo.Orleans", solution);
        Assert.DoesNotContain("Cluster.Tests", solution);
        Assert.DoesNotContain("Cluster.Bench", solution);
        Assert.DoesNotContain("Cluster.Subscriber", solution);
        Assert.All(
            Directory.EnumerateFiles(Repository.Root, "packages.lock.json", SearchOption.AllDirectories).Select(Repository.Relative).Where(static file => file is not ("Silo/Orleans/packages.lock.json" or "tests/Cluster.Bench/packages.lock.json" or "tests/Cluster.Subscriber/packages.lock.json" or "tests/Cluster.Tests/packages.lock.json")),
            file => Assert.All(ClusterPackages, package => Assert.DoesNotContain($"\"{package}", File.ReadAllText(Path.Combine(Repository.Root, file)), StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void Only_the_cluster_edition_uses_its_packages()
    {
        var wrong = Repository.Products.Values.Where(project => project.Folder != "Silo/Orleans").SelectMany(project => project.Packages
            .Where(package => ClusterPackages.Any(prefix => package.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            .Select(package => $"{project.Folder} uses {package}"));
        Assert.Empty(wrong);
    }
}
