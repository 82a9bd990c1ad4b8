using System.Globalization;
using System.Text;
using Lathe.Codegen.Llvm;
using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>The C header of a model: named inputs and outputs, dimensions, the functions of its library.</summary>
public static class ModelHeader
{
    public static string Print(ModelInterface model, TargetSystem system)
    {
        var (name, program) = (model.Name, model.Program);
        var guard = $"LATHE_MODEL_{name.ToUpperInvariant()}_H";
        var text = new StringBuilder();
        text.Append($$"""
            /* {{name}}: compiled by Lathe. Link {{system.SharedFile(name)}} or {{system.StaticFile(name)}}{{(system.Needs == "" ? "" : $"; needs {system.Needs} only")}}. */
            #ifndef {{guard}}
            #define {{guard}}
            #include "lathe.h"
            #ifdef __cplusplus
            extern "C" {
            #endif

            typedef struct {{name}} {{name}};


            """);
        Tensors(text, name, "inputs", program.Inputs, model.Inputs);
        Tensors(text, name, "outputs", program.Outputs, model.Outputs);
        Dimensions(text, model);
        Extents(text, model);
        if (program.ArenaBytes is Number bytes)
            text.Append($"/* Bytes of workspace that a run needs, aligned to 64. */\n#define {name.ToUpperInvariant()}_WORKSPACE_BYTES {Math.Max(64, (bytes.Integer + 63) / 64 * 64).ToString(CultureInfo.InvariantCulture)}\n\n");
        text.Append($$"""
            /* weights_path: NULL for weights in the library or in the file beside it. Returns 0 or a code. */
            int32_t {{name}}_open(const char *weights_path, {{name}} **model);
            void {{name}}_close({{name}} *model);
            /* The extents of every input and output at these dimensions. dims may be NULL for a model that has none. */
            int32_t {{name}}_shapes(const {{name}}_dims *dims, struct {{name}}_shapes *out);
            /* Bytes of workspace that a run at these dimensions needs, a multiple of 64; 0 where they are NULL or out of range. */
            uint64_t {{name}}_workspace_bytes(const {{name}}_dims *dims);
            /* One run. No heap allocation; re-entrant: all state is in the workspace, aligned to 64 bytes. host may be NULL. */
            int32_t {{name}}_run(const {{name}} *model, const {{name}}_inputs *inputs, {{name}}_outputs *outputs, void *workspace, const lathe_host *host);
            /* The same over arrays in the order of the structures; dims may be NULL, else they must be those of the inputs' shapes. */
            int32_t {{name}}_invoke(const {{name}} *model, const lathe_tensor *inputs, lathe_tensor *outputs, const int64_t *dims, void *workspace, const lathe_host *host);
            /* What a code means, naming the tensor. */
            const char *{{name}}_error(int32_t code);
            /* Provenance and contract as JSON. */
            const char *{{name}}_contract(void);

            #ifdef __cplusplus
            }
            #endif
            #endif

            """);
        return text.ToString();
    }

    private static void Tensors(StringBuilder text, string name, string kind, Seq<Value> values, IReadOnlyList<string> identifiers)
    {
        text.Append("typedef struct {\n");
        foreach (var (i, value) in values.Index()) text.Append(CultureInfo.InvariantCulture, $"  lathe_tensor {identifiers[i]}; /* {Comment(value.Name)}: {Comment(value.Type.With([.. value.Type.Shape]).ToString())} */\n");
        if (values.Count == 0) text.Append("  lathe_tensor none;\n");
        text.Append(CultureInfo.InvariantCulture, $"}} {name}_{kind};\n\n");
    }

    private static void Dimensions(StringBuilder text, ModelInterface model)
    {
        var prefix = model.Name.ToUpperInvariant();
        text.Append("enum { ");
        foreach (var dimension in model.Dimensions) text.Append(CultureInfo.InvariantCulture, $"{prefix}_DIM_{dimension.ToUpperInvariant()}, ");
        text.Append(CultureInfo.InvariantCulture, $"{prefix}_DIMS }};\ntypedef struct {{\n");
        foreach (var (i, dimension) in model.Dimensions.Index())
        {
            var symbol = model.Program.Symbols[i];
            text.Append(CultureInfo.InvariantCulture, $"  int64_t {dimension}; /* {Comment(symbol.Name)} in {symbol.Low}..{(symbol.High >= Symbol.Unbounded ? "" : symbol.High)} */\n");
        }
        if (model.Dimensions.Count == 0) text.Append("  int64_t none;\n");
        text.Append(CultureInfo.InvariantCulture, $"}} {model.Name}_dims;\n\n");
    }

    /// <summary>One array of extents for each tensor that has any, without gaps: the function writes them one after another.</summary>
    private static void Extents(StringBuilder text, ModelInterface model)
    {
        text.Append(CultureInfo.InvariantCulture, $"struct {model.Name}_shapes {{\n");
        var all = model.Inputs.Zip(model.Program.Inputs).Select(p => ("in", p)).Concat(model.Outputs.Zip(model.Program.Outputs).Select(p => ("out", p))).ToList();
        foreach (var (side, (identifier, value)) in all.Where(t => t.p.Second.Type.Rank > 0)) text.Append(CultureInfo.InvariantCulture, $"  int64_t {side}_{identifier}[{value.Type.Rank}];\n");
        if (all.All(t => t.p.Second.Type.Rank == 0)) text.Append("  int64_t none;\n");
        text.Append("};\n\n");
    }

    private static string Comment(string text) => text.Replace("*/", "* /", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
