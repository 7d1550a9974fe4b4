using System.Text;

namespace Grains.Fraud.Model;

/// <summary>Records of a CSV file by RFC 4180, under the names of its first line. Fields may be quoted; a quoted one may hold commas, line ends and doubled quotes.</summary>
internal sealed class CsvRecords
{
    private const int MaxFieldLength = 1 << 16;

    private readonly TextReader reader;
    private readonly Dictionary<string, int> columns = [];
    private readonly List<string> fields = [];
    private readonly StringBuilder field = new();

    /// <exception cref="InvalidDataException">There is no header, or a column stands in it twice.</exception>
    public CsvRecords(TextReader reader)
    {
        this.reader = reader;
        if (!Read())
            throw new InvalidDataException("The CSV file is empty.");
        foreach (var name in fields)
        {
            if (!columns.TryAdd(name.Trim(), columns.Count))
                throw new InvalidDataException($"The CSV file has the column '{name}' twice.");
        }
    }

    /// <summary>Records so far, the header counted.</summary>
    public int Record { get; private set; }

    /// <summary>Where the column stands.</summary>
    /// <exception cref="InvalidDataException">There is none of this name.</exception>
    public int Column(string name) => columns.TryGetValue(name, out var column) ? column : throw new InvalidDataException($"The CSV file has no column '{name}'.");

    public bool Has(string name) => columns.ContainsKey(name);

    public string this[int column] => fields[column];

    /// <summary>Goes to the next record; false at the end.</summary>
    /// <exception cref="InvalidDataException">The record has another number of fields than the header, or a quote that is not closed.</exception>
    public bool Next()
    {
        if (!Read())
            return false;
        if (fields.Count != columns.Count)
            throw new InvalidDataException($"Record {Record} of the CSV file has {fields.Count} fields, the header {columns.Count}.");
        return true;
    }

    private bool Read()
    {
        fields.Clear();
        // An empty line is no record.
        while (reader.Peek() is '\r' or '\n')
            reader.Read();
        if (reader.Peek() < 0)
            return false;
        Record++;
        while (ReadField())
        {
        }

        return true;
    }

    /// <summary>False after the record's last field.</summary>
    private bool ReadField()
    {
        field.Clear();
        var isQuoted = reader.Peek() == '"';
        if (isQuoted)
            ReadQuoted();
        while (true)
        {
            var next = reader.Read();
            if (next == '\r' && reader.Peek() == '\n')
                continue;
            if (next is < 0 or ',' or '\n' or '\r')
            {
                fields.Add(field.ToString());
                return next == ',';
            }

            if (isQuoted)
                throw new InvalidDataException($"Record {Record} of the CSV file goes on after a closing quote.");
            Append((char)next);
        }
    }

    private void ReadQuoted()
    {
        reader.Read();
        while (true)
        {
            var next = reader.Read();
            if (next < 0)
                throw new InvalidDataException($"Record {Record} of the CSV file has a quote that is not closed.");
            if (next == '"' && reader.Peek() != '"')
                return;
            if (next == '"')
                reader.Read();
            Append((char)next);
        }
    }

    private void Append(char letter)
    {
        if (field.Length == MaxFieldLength)
            throw new InvalidDataException($"Record {Record} of the CSV file has a field of more than {MaxFieldLength:N0} letters.");
        field.Append(letter);
    }
}
