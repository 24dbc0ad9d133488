namespace KeyRotator.Configuration.Shapes;

/// <summary>Finds the name that was probably meant.</summary>
internal static class NearestName
{
    private const int MostListed = 40;

    /// <summary>"did you mean …?", or the list of what is known, or nothing where nothing is known.</summary>
    public static string Hint(string given, IReadOnlyCollection<string> known)
    {
        if (Find(given, known) is { } nearest)
        {
            return $"did you mean `{nearest}`?";
        }

        return known.Count is 0 or > MostListed ? "" : $"known are {string.Join(", ", known)}";
    }

    /// <summary>The known name at the least distance, or null where none is near.</summary>
    public static string? Find(string given, IEnumerable<string> known)
    {
        var limit = Math.Min(2, Math.Max(1, given.Length / 3));
        return known.Where(name => Math.Abs(name.Length - given.Length) <= limit)
            .Select(name => new { Name = name, Distance = Distance(given, name) })
            .Where(candidate => candidate.Distance <= limit)
            .MinBy(candidate => candidate.Distance)?.Name;
    }

    /// <summary>Damerau-Levenshtein distance (neighbours swapped count one), in any case.</summary>
    public static int Distance(string left, string right)
    {
        var (before, previous, current) = (new int[right.Length + 1], new int[right.Length + 1], new int[right.Length + 1]);
        for (var j = 0; j <= right.Length; j++)
        {
            current[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            (before, previous, current) = (previous, current, before);
            FillRow(left, right, i, before, previous, current);
        }

        return current[right.Length];
    }

    private static void FillRow(string left, string right, int i, int[] before, int[] previous, int[] current)
    {
        current[0] = i;
        for (var j = 1; j <= right.Length; j++)
        {
            var replaced = previous[j - 1] + (Same(left[i - 1], right[j - 1]) ? 0 : 1);
            current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
            if (i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]))
            {
                current[j] = Math.Min(current[j], before[j - 2] + 1);
            }
        }
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
