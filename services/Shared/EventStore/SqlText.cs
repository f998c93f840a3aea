using System.Text;

namespace ImageRights.EventStore;

/// <summary>SQL with <c>?</c> for each parameter, as callers write it.</summary>
internal static class SqlText
{
    /// <summary>Numbers the parameters: <c>?</c> becomes <c>$1</c>, <c>$2</c>…; <c>??</c> is the operator <c>?</c>; literals, quoted names and comments stay as they are.</summary>
    /// <exception cref="ArgumentException">The text has another number of places than <paramref name="parameters"/>.</exception>
    public static string Positional(string sql, int parameters)
    {
        var result = new StringBuilder(sql.Length + 8);
        var places = 0;
        for (var index = 0; index < sql.Length;)
        {
            var verbatim = VerbatimLength(sql, index);
            if (verbatim > 0)
            {
                result.Append(sql, index, verbatim);
                index += verbatim;
            }
            else if (sql[index] != '?')
            {
                result.Append(sql[index++]);
            }
            else if (index + 1 < sql.Length && sql[index + 1] == '?')
            {
                result.Append('?');
                index += 2;
            }
            else
            {
                result.Append('$').Append(++places);
                index++;
            }
        }
        return places == parameters ? result.ToString() : throw new ArgumentException($"The text has {places} places for {parameters} parameters: {sql}", nameof(parameters));
    }

    /// <summary>Length of the literal, quoted name or comment that begins here; 0 where none does.</summary>
    private static int VerbatimLength(string sql, int start)
    {
        return sql[start] switch
        {
            '\'' => Quoted('\'', escapes: start > 0 && sql[start - 1] is 'e' or 'E'),
            '"' => Quoted('"', escapes: false),
            '-' when At("--") => Until("\n", start),
            '/' when At("/*") => Until("*/", start + 2),
            '$' when DollarTag() is { } tag => Until(tag, start + tag.Length),
            _ => 0,
        };

        bool At(string mark) => string.CompareOrdinal(sql, start, mark, 0, mark.Length) == 0;

        int Until(string mark, int from) => sql.IndexOf(mark, Math.Min(from, sql.Length), StringComparison.Ordinal) is >= 0 and var end ? end + mark.Length - start : sql.Length - start;

        // A doubled quote ends one literal and begins the next, which comes to the same.
        int Quoted(char quote, bool escapes)
        {
            for (var index = start + 1; index < sql.Length; index++)
            {
                if (escapes && sql[index] == '\\') index++;
                else if (sql[index] == quote) return index + 1 - start;
            }
            return sql.Length - start;
        }

        // $$ or $tag$, but not $1.
        string? DollarTag()
        {
            var end = start + 1;
            while (end < sql.Length && (char.IsLetter(sql[end]) || sql[end] == '_' || (end > start + 1 && char.IsDigit(sql[end])))) end++;
            return end < sql.Length && sql[end] == '$' ? sql[start..(end + 1)] : null;
        }
    }
}
