/**
 * The rule about arithmetic whose time depends on its numbers, from variableTime.json: it may be named in the functions listed there, where an import or
 * a type in an interface names it for them, and nowhere else.
 */
import { readFileSync } from "node:fs";

const table = JSON.parse(readFileSync(new URL("variableTime.json", import.meta.url), "utf8"));

const MESSAGE = "Variable time: not with secrets, and only in the functions listed in scripts/house/variableTime.json.";

/** Everything of these functions, by whatever way they are declared. */
function inside(functions) {
  const name = `/^(${functions.join("|")})$/`;
  const declarations = [
    `FunctionDeclaration[id.name=${name}]`,
    `VariableDeclarator[id.name=${name}][init.type='ArrowFunctionExpression']`,
    `MethodDefinition[key.name=${name}]`,
    `Property[key.name=${name}][value.type='ArrowFunctionExpression']`,
    `Property[key.name=${name}][shorthand=true]`,
  ];
  return `:matches(${declarations.join(", ")}) *`;
}

function rule(names, functions) {
  const pattern = `/${names}/`;
  const places = [
    `Identifier[name=${pattern}]`,
    `PrivateIdentifier[name=${pattern}]`,
    `Literal[value=${pattern}]`,
    `TemplateElement[value.raw=${pattern}]`,
    "MemberExpression[object.name='mcl'][property.name='mul']",
    "MemberExpression[object.name='mcl'][property.value='mul']",
    "VariableDeclarator[init.name='mcl'] > ObjectPattern > Property[key.name='mul']",
  ];
  const allowed =
    functions.length === 0 ? [] : [inside(functions), `ImportSpecifier[local.name=${pattern}] > Identifier`];
  const except = ["TSMethodSignature > Identifier", ...allowed].map((one) => `:not(${one})`).join("");
  return { selector: places.map((place) => place + except).join(", "), message: MESSAGE };
}

const inSource = `${table.names}|${table.namesInSource}`;

export const outsideSource = table.outsideSource;

/** The rule of scripts, tasks, benches and tests: names that are variable time by what they say. */
export const elsewhere = rule(table.names, []);

/** The rule of src: of files without a caller, and of each with callers. */
export const inSrc = rule(inSource, []);
export const ofCallers = Object.entries(table.callers).map(([file, functions]) => ({
  file,
  rule: rule(inSource, functions),
}));
