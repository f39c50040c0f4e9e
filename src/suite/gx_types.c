/*
 * type_ and type_list: names of types in other worlds, and what they are here.
 */
#include "config.h"

#include "suite/gx.h"

/*
 * Names of types in pandas, numpy, Python, SQL and Spark, in lower case, between spaces; the
 * first is written for a type of expectations/stored_type.c.
 */
static const struct {
    const char *names;
    const char *type;
} type_names[] = {
    {" int long integer bigint smallint tinyint byteint integertype longtype shorttype "
     "bytetype ",
     "integer"},
    {" int64 int_ intp int64dtype ", "integers"}, /* types of columns, not of values */
    {" float double double_precision real numeric decimal number floattype doubletype "
     "decimaltype ",
     "number"},
    {" float64 float_ float64dtype ", "numbers"},
    {" bool boolean booleantype ", "boolean"},
    {" bool_ booleandtype ", "booleans"},
    {" str string string_types string_ unicode varchar nvarchar char nchar text stringdtype "
     "stringtype ",
     "string"},
    {" datetime64 datetime64[ns] timestamp datetime datetime2 datetimetz timestamptype date "
     "datetype timestamp_ntz timestamp_ltz timestamp_tz timestamptz ",
     "timestamp"},
    {" list array arraytype ", "array"},
    {" dict map struct maptype structtype ", "object"},
    {" none nonetype nulltype ", "null"},
    {" object object_ o ", "any"},
};

const char *assay_gx_type_name(struct assay_str native)
{
    for (size_t i = 0; i < sizeof type_names / sizeof type_names[0]; i++)
        if (assay_str_is(native, type_names[i].type))
            return type_names[i].names + 1; /* up to the next space */
    return NULL;
}

static const char *type_of(struct assay_str name)
{
    char folded[64];
    if (name.len + 2 >= sizeof folded)
        return NULL;
    folded[0] = ' ';
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        folded[i + 1] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    folded[name.len + 1] = ' ';
    for (size_t i = 0; i < sizeof type_names / sizeof type_names[0]; i++)
        if (memmem(type_names[i].names, strlen(type_names[i].names), folded, name.len + 2) != NULL)
            return type_names[i].type;
    return NULL;
}

void assay_gx_types(struct assay_gx_item *item, const struct assay_gx_kwarg *kwarg,
                    const struct assay_node *node)
{
    bool several = node->kind == ASSAY_NODE_SEQUENCE;
    struct assay_node *list = assay_gx_collection(item, node, ASSAY_NODE_SEQUENCE);
    for (const struct assay_node *c = several ? node->first : node; c != NULL && list != NULL;
         c = several ? c->next : NULL) {
        const char *type = c->kind == ASSAY_NODE_STRING ? type_of(c->text) : NULL;
        if (several && type != NULL && strcmp(type, "any") == 0)
            continue; /* in a list it is the type of no value */
        if (type == NULL) {
            struct assay_error *error = assay_node_warning(
                item->loader->diags, c, "SUITE-LEGACY", "%s: no value here is of the type %.*s",
                kwarg->name, c->kind == ASSAY_NODE_STRING ? (int)c->text.len : 0,
                c->text.ptr ? c->text.ptr : "");
            assay_error_help(error, "known are the names of numpy, pandas, Python, SQL and Spark");
            continue;
        }
        struct assay_node *one = assay_gx_append(item, list, c);
        if (one != NULL)
            one->text = assay_cstr(type);
    }
    if (list != NULL)
        assay_gx_put(item, kwarg->to, list);
}
