// What is checked in the JavaScript of live figures and of components: npx --prefix tests/browser eslint
const { existsSync } = require("node:fs");
const { dirname, resolve } = require("node:path");
const globals = require("globals");

/** Every import names a file that exists, by a path that begins with a dot. Which names it exports is checked by explorer/live/bundle.py. */
const importsResolve = {
  create: (context) => ({
    ImportDeclaration({ source }) {
      if (!source.value.startsWith(".") || !existsSync(resolve(dirname(context.filename), source.value)))
        context.report({ node: source, message: `There is no file ${source.value}.` });
    },
  }),
};

/** Modules of core know no host, no figure and no DOM; each layer imports those before it. */
const LAYERS = ["core", "view", "figures", "hosts"];
const importsGoDown = {
  create: (context) => ({
    ImportDeclaration({ source }) {
      const layerOf = (path) => LAYERS.indexOf(path.match(/explorer\/live\/(\w+)\//)?.[1]);
      if (layerOf(resolve(dirname(context.filename), source.value)) > layerOf(context.filename))
        context.report({ node: source, message: `${LAYERS[layerOf(context.filename)]}/ may not import ${source.value}.` });
    },
  }),
};

const ONE_NAME = "A declaration at the top of a module declares one name, which explorer/live/bundle.py can find.";
const rules = {
  "no-undef": "error",
  "no-unused-vars": "error",
  "no-redeclare": "error",
  "no-import-assign": "error",
  "no-const-assign": "error",
  "no-dupe-keys": "error",
  "no-unreachable": "error",
  "prefer-const": "error",
};
const moduleRules = {
  "modules/imports-resolve": "error",
  "modules/imports-go-down": "error",
  "no-restricted-syntax": [
    "error",
    ...["Program", "Program > ExportNamedDeclaration"].flatMap((parent) => [
      { selector: `${parent} > VariableDeclaration[declarations.length>1]`, message: ONE_NAME },
      { selector: `${parent} > VariableDeclaration > VariableDeclarator[id.type!='Identifier']`, message: ONE_NAME },
    ]),
  ],
};
const plugins = { modules: { rules: { "imports-resolve": importsResolve, "imports-go-down": importsGoDown } } };
const NODE_TOO = ["atob", "Blob", "btoa", "clearTimeout", "CompressionStream", "performance", "Response", "setTimeout", "TextDecoder", "TextEncoder", "URLSearchParams"]; // of what core may use beside the language
const shared = Object.fromEntries(NODE_TOO.map((name) => [name, "readonly"]));

module.exports = [
  { files: ["tests/**/*.js"], rules, languageOptions: { sourceType: "module", globals: globals.node } },
  { files: ["explorer/**/*.js"], plugins, rules: { ...rules, ...moduleRules }, languageOptions: { sourceType: "module", globals: globals.browser } },
  { files: ["explorer/live/core/**/*.js"], languageOptions: { globals: { ...Object.fromEntries(Object.keys(globals.browser).map((name) => [name, "off"])), ...shared } } },
];
