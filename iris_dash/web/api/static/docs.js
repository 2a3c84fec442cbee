// Opens the OpenAPI document in Swagger UI; no validator, which would ask another host.
SwaggerUIBundle({
  url: "../openapi.json",
  dom_id: "#docs",
  validatorUrl: null,
  deepLinking: true,
  tryItOutEnabled: true,
});
