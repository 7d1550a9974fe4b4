using System.Text.Json;

namespace Cluster.Subscriber;

/// <summary>
/// What a subscriber has done: of each shard all events up to a position, and some beyond it, since streams overtake each other. Kept in a
/// file of the subscriber's own; who comes back with it misses nothing, and does nothing twice but what was under way.
/// </summary>
public sealed class ResumeToken
{
    /// <summary>So many events of a shard are known to be put aside; the first are forgotten beyond it, and do not come again.</summary>
    public const int MostAside = 10_000;

    private readonly string path;
    private readonly Dictionary<int, Progress> shards;

    private ResumeToken(string path, Dictionary<int, Progress> shards) => (this.path, this.shards) = (path, shards);

    /// <summary>The token of a file; one that has done nothing where there is no such file.</summary>
    public static ResumeToken Open(string path) =>
        new(path, File.Exists(path) ? JsonSerializer.Deserialize<Dictionary<int, Progress>>(File.ReadAllText(path))! : []);

    public bool IsNew => shards.Count == 0;

    /// <summary>Up to here all events of the shard were done.</summary>
    public long Position(int shard) => Of(shard).Position;

    public bool Has(int shard, long position) => position <= Of(shard).Position || Of(shard).Beyond.Contains(position);

    /// <summary>Whether it was put aside, and is taken if it comes again.</summary>
    public bool IsAside(int shard, long position) => Of(shard).Aside.Contains(position);

    /// <summary>Remembers that an event was put aside, or forgets it.</summary>
    public void PutAside(int shard, long position, bool isAside)
    {
        var aside = Of(shard).Aside;
        if (!isAside)
            aside.Remove(position);
        else if (aside.Add(position) && aside.Count > MostAside)
            aside.Remove(aside.Min);
    }

    /// <summary>Nothing up to here is asked for.</summary>
    public void Begin(int shard, long position) => Of(shard).Position = position;

    public void Done(int shard, long position)
    {
        var progress = Of(shard);
        if (position > progress.Position)
            progress.Beyond.Add(position);
        while (progress.Beyond.Remove(progress.Position + 1))
            progress.Position++;
    }

    /// <summary>All up to here was done, though not every position came: the log has no others.</summary>
    public void DoneUpTo(int shard, long position)
    {
        var progress = Of(shard);
        progress.Position = Math.Max(progress.Position, position);
        progress.Beyond.RemoveWhere(beyond => beyond <= progress.Position);
        Done(shard, progress.Position);
    }

    /// <summary>Written whole, then put in place.</summary>
    public void Save()
    {
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(shards));
        File.Move(path + ".new", path, overwrite: true);
    }

    private Progress Of(int shard) => shards.TryGetValue(shard, out var progress) ? progress : shards[shard] = new Progress();

    private sealed class Progress
    {
        public long Position { get; set; }

        public SortedSet<long> Beyond { get; set; } = [];

        public SortedSet<long> Aside { get; set; } = [];
    }
}
